"""How good predictions are: metrics, thresholds, files of predictions, reports."""
