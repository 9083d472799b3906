"""Comparing methods on data sets; `suite` and what it uses compute nothing and load no torch."""
