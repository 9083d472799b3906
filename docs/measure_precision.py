"""Measure how near precisions are to fp32: `python docs/measure_precision.py DATA MODEL...`.

For example `python docs/measure_precision.py semeval2018-ec:dev datn2`: each model answers the
texts in fp32, bf16 and, where it can, int8. Told are the greatest and the mean difference of a
probability, how many decisions are the same, and by how much micro-F1 changes.
"""

from __future__ import annotations

import sys

import numpy as np

from emocli import datasets, models
from emocli.data.labelled import read_labelled
from emocli.evaluation.agreement import micro_f1
from emocli.inference.devices import PRECISIONS
from emocli.inference.prediction import Predictor
from emocli.modelling.packed_encoder import answers_in_int8


def rows_of(data: str, model: str) -> list[str]:
    """The lines of a table that tell of one model."""
    examples = read_labelled(data, role="dev", datasets=datasets.known())
    texts = [example.text for example in examples.examples]
    trained = models.load(model)
    names = ["bf16", *(["int8"] if answers_in_int8(trained.model) else [])]
    gold = np.array(
        [
            [name in example.labels for name in trained.model.labels.names]
            for example in examples.examples
        ]
    )
    exact = Predictor(trained)
    expected = exact.probabilities(texts)
    decided = exact.decide(expected)
    lines = []
    for name in names:
        found = Predictor(trained, precision=PRECISIONS[name]).probabilities(texts)
        apart, answered = abs(found - expected), exact.decide(found)
        change = micro_f1(gold, answered) - micro_f1(gold, decided)
        same = f"{(answered == decided).mean():.2%}"
        columns = (model, name, f"{apart.max():.4f}", f"{apart.mean():.4f}", same, f"{change:+.4f}")
        lines.append(f"| {' | '.join(columns)} |")
    return lines


def main() -> None:
    """Print the table, Markdown."""
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} DATA MODEL...")
    data, *names = sys.argv[1:]
    lines = ["| model | precision | greatest difference | mean | same decisions | micro-F1 |"]
    lines.append("|---|---|---:|---:|---:|---:|")
    for name in names:
        lines += rows_of(data, name)
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
