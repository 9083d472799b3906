"""The names of the metrics, for what lists and checks them without computing; free of numpy."""

METRIC_NAMES = (
    "jaccard",
    "accuracy",
    "micro-precision",
    "micro-recall",
    "micro-f1",
    "macro-precision",
    "macro-recall",
    "macro-f1",
    "exact-match",
    "hamming-loss",
    "average-precision",
    "macro-average-precision",
    "one-error",
)
