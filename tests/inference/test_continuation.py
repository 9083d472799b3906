from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emocli.data.output_rows import output_row
from emocli.data.record import Record
from emocli.data.writing import open_writer, partial_path
from emocli.errors import EmocliError
from emocli.inference.continuation import check_continuation
from emocli.inference.prediction import Predictor
from emocli.inference.streaming import Decide, answer, most_probable, with_threshold
from emocli.models import load

LABELS = ("anger", "joy", "sadness")
RECORDS = [Record(None, "so happy", {}), Record("b", "so sad", {})]


class FixedPredictor(Predictor):
    """Gives the same probabilities, whatever the text."""

    row: tuple[float, ...]

    def probabilities(self, texts):  # type: ignore[no-untyped-def]
        return np.array([self.row] * len(texts), dtype=np.float32)


def go_on(
    tiny_model: Path,
    path: Path,
    before: tuple[float, ...],
    now: tuple[float, ...],
    *,
    threshold: float = 0.5,
    decide: Decide | None = None,
) -> None:
    """Answer the records with probabilities, break off, and look at it with those of `now`."""
    predictor = FixedPredictor(with_threshold(load(str(tiny_model)), threshold))
    predictor.row = before
    with pytest.raises(KeyboardInterrupt), open_writer(path, "csv", labels=LABELS) as writer:
        (answers,) = answer(predictor, [RECORDS], decide=decide)
        writer.write([output_row(a.record, a.id, a.labels, a.scores) for a in answers])
        raise KeyboardInterrupt
    predictor.row = now
    with open_writer(path, "csv", labels=LABELS, resume=True) as writer:
        check_continuation(writer, predictor, decide, RECORDS)


def test_scores_may_differ_by_what_low_precision_does_to_them(
    tiny_model: Path, tmp_path: Path
) -> None:
    go_on(tiny_model, tmp_path / "a.csv", (0.51, 0.9, 0.1), (0.49, 0.93, 0.1))


def test_the_scores_of_another_model_are_refused(tiny_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with pytest.raises(EmocliError) as caught:
        go_on(tiny_model, path, (0.6, 0.9, 0.1), (0.6, 0.8, 0.1))
    assert str(caught.value) == (
        f"{partial_path(path)}: its row 1 gives 'joy' 0.9, expected about 0.8: another command "
        "began it; give that one to go on, or leave out --resume to begin anew"
    )


@pytest.mark.parametrize(
    ("row", "threshold", "n_top"),
    [
        ((1e-8, 2e-8, 0.0), 0.0, None),  # above the threshold, though written as 0.0
        ((0.5000001, 0.4999999, 0.5), 0.5, None),
        ((1e-8, 3e-8, 2e-8), 0.5, 2),  # written as equals, of which the first would be taken
    ],
)
def test_rounding_makes_no_other_option(
    tiny_model: Path, tmp_path: Path, row: tuple[float, ...], threshold: float, n_top: int | None
) -> None:
    decide = most_probable(n_top) if n_top else None
    go_on(tiny_model, tmp_path / "a.csv", row, row, threshold=threshold, decide=decide)


def test_long_texts_are_not_counted_twice(tiny_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    predictor = Predictor(load(str(tiny_model)), max_length=1)
    with pytest.raises(KeyboardInterrupt), open_writer(path, "jsonl", labels=LABELS) as writer:
        (answers,) = answer(predictor, [RECORDS])
        writer.write([output_row(a.record, a.id, a.labels, a.scores) for a in answers])
        raise KeyboardInterrupt
    assert predictor.reader.n_long == 2
    with open_writer(path, "jsonl", labels=LABELS, resume=True) as writer:
        check_continuation(writer, predictor, None, RECORDS)
    assert predictor.reader.n_long == 0
