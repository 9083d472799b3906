"""Texts and labels: records, published data sets and their formats, tweets made plain."""

import csv

# A bound on memory, far above any real text: 64 MiB (or characters, in UTF-16 and UTF-32).
LONGEST_LINE = 1 << 26
# A cell whose quotes are never closed is bounded likewise. The limit is the whole process's, so it
# is set once.
csv.field_size_limit(max(csv.field_size_limit(), LONGEST_LINE))
