"""Whether an output that was interrupted is of the same input, model and options."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emocli.data.held_rows import HeldRow
from emocli.data.output_rows import output_row
from emocli.data.record import Record
from emocli.data.row_writers import Writer
from emocli.inference.prediction import Predictor
from emocli.inference.streaming import N_DECIMALS, Decide, answer

# In low precision, a text's scores depend a little on the texts that it is computed with.
_TOLERANCE = 0.05
_ROUNDING = 10.0**-N_DECIMALS


def check_continuation(
    writer: Writer, predictor: Predictor, decide: Decide | None, records: Sequence[Record]
) -> None:
    """Refuse to go on with what another command has written.

    Its last rows are answered once more. They must be of these records, their scores as good as
    equal, and their labels those that their own scores decide for.

    Args:
        writer: goes on with an output, of which it can read back `n_held` rows.
        decide: as `answer` takes it.
        records: those of these rows.

    Raises:
        EmocliError: another input, model or option has made the rows.
    """
    n_before = writer.rows_done - len(records)
    (answers,) = answer(predictor, [records], decide=decide, n_before=n_before)
    # A long text among them was counted when it was answered first.
    predictor.reader.n_long = 0
    rows = [output_row(one.record, one.id, one.labels, one.scores) for one in answers]
    for number, (held, found) in enumerate(writer.beside(rows), start=n_before + 1):
        decided = _decided(held, predictor, decide or predictor.decide)
        difference = _difference(held, found, decided, number)
        if difference is not None:
            raise writer.begun_otherwise(*difference)


def _difference(
    held: HeldRow, found: HeldRow, decided: frozenset[str], number: int
) -> tuple[str, str] | None:
    """What a row holds and what was expected, in words; None where they agree."""
    row = f"row {number}"
    if held.record != found.record:
        return f"{row} is of another record", f"record {number} of the input"
    for name, score in found.scores.items():
        before = held.scores.get(name, np.nan)
        if not abs(before - score) <= _TOLERANCE:
            return f"{row} gives '{name}' {before}", f"about {score}"
    if held.labels != decided:
        return f"{row} has {_listed(held.labels)}", _listed(decided)
    return None


def _listed(labels: frozenset[str]) -> str:
    return f"the labels {', '.join(sorted(labels))}" if labels else "no label"


def _decided(held: HeldRow, predictor: Predictor, decide: Decide) -> frozenset[str]:
    """The labels that the scores of a row decide for."""
    names = predictor.trained.model.labels.names
    scores = np.array([held.scores.get(name, np.nan) for name in names])
    # Rounding may have made equals of scores, or put one on its threshold.
    is_held = np.array([name in held.labels for name in names])
    (chosen,) = decide((scores + np.where(is_held, _ROUNDING, -_ROUNDING))[None])
    return frozenset(name for name, is_chosen in zip(names, chosen, strict=True) if is_chosen)
