"""Texts and labels: records, published data sets and their formats, tweets made plain."""

import csv

# A bound on memory for cells whose quotes are never closed, far above any real text: 64 Mi
# characters. The limit is the whole process's, so it is set once.
csv.field_size_limit(max(csv.field_size_limit(), 1 << 26))
