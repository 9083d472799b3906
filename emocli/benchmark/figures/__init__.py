"""Summaries as figures; what is in here needs matplotlib, the extra `plots`."""
