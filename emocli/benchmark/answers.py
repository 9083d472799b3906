"""The answers of a trial to each scored text, beside the results file.

One JSON object a line, gzipped: `id`, `gold`, `labels` (predicted) and `scores`; never the text,
whose terms are not ours to give. `emocli evaluate --predictions` and `emocli compare` read it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from emocli.data.text_files import read_lines
from emocli.modelling.labels import Bools, Floats, Labels
from emocli.paths import whole_file, writing

DECIMALS = 6  # of a probability


def write_answers(
    path: Path,
    labels: Labels,
    ids: Sequence[str],
    gold: Bools,
    predicted: Bools,
    probabilities: Floats,
) -> None:
    """Write decisions and probabilities, (n, n_labels) each, of the texts `ids`.

    Raises:
        EmocliError: the file cannot be written.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path, "wb") as stream, gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as out:
        for id, is_gold, is_predicted, scores in zip(
            ids, gold, predicted, probabilities, strict=True
        ):
            row = {
                "id": id,
                "gold": _names(labels, is_gold),
                "labels": _names(labels, is_predicted),
                "scores": {
                    name: round(float(score), DECIMALS)
                    for name, score in zip(labels.names, scores, strict=True)
                },
            }
            out.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def read_answers(path: Path, labels: Labels) -> tuple[list[str], Bools, Bools]:
    """The ids, the gold labels and the decisions of a trial; (n, n_labels) each.

    Raises:
        EmocliError: the file is missing or damaged.
    """
    rows = [json.loads(line) for line in read_lines(path)]
    return (
        [row["id"] for row in rows],
        labels.matrix(row["gold"] for row in rows),
        labels.matrix(row["labels"] for row in rows),
    )


def _names(labels: Labels, row: Bools) -> list[str]:
    return [labels.names[column] for column in np.flatnonzero(row)]
