"""Texts and labels: records, published data sets and their formats, tweets made plain."""
