"""Which of the predictions in a file belongs to which example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from emocli.errors import DataError


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a file says of one text.

    Attributes:
        line: where it says so, counted from 1.
        scores: a probability for each label of the task, in its order; None where there are none.
    """

    line: int
    id: str | None
    text: str | None
    labels: tuple[str, ...]
    scores: tuple[float, ...] | None = None


def align(
    path: Path, predictions: Sequence[Prediction], ids: Sequence[str], texts: Sequence[str] | None
) -> list[Prediction]:
    """The predictions in the order of the examples.

    They are aligned by id. A file without ids, or with the examples' own ids in their order, is
    aligned by order; so is one whose ids are all foreign (line numbers, say), but only if it holds
    all the texts in the examples' order.

    Args:
        ids: of the examples, (n,).
        texts: of the examples, (n,); where given, an alignment without ids is checked with them.

    Raises:
        DataError: predictions and examples do not match one to one.
    """
    given = [prediction.id for prediction in predictions]
    if all(name is None for name in given):
        _check_order(path, predictions, ids, texts)
        return list(predictions)
    if given == list(ids):
        return list(predictions)
    if set(ids).isdisjoint(given) and _has_all_texts(predictions, texts):
        return list(predictions)
    by_id = _by_id(path, predictions)
    _check_ids(path, by_id, ids)
    return [by_id[name] for name in ids]


def _check_order(
    path: Path, predictions: Sequence[Prediction], ids: Sequence[str], texts: Sequence[str] | None
) -> None:
    if len(predictions) != len(ids):
        raise DataError(
            path,
            None,
            f"{len(predictions)} predictions for {len(ids)} examples; "
            "give one for each, or ids to align them by",
        )
    if texts is None:
        return
    for prediction, name, text in zip(predictions, ids, texts, strict=True):
        if prediction.text is not None and not _same(prediction.text, text):
            raise DataError(
                path,
                prediction.line,
                f"the text is not that of example '{name}', which should stand here; "
                "keep the order of the data, or give ids to align by",
            )


def _has_all_texts(predictions: Sequence[Prediction], texts: Sequence[str] | None) -> bool:
    if texts is None or len(texts) != len(predictions):
        return False
    return all(
        prediction.text is not None and _same(prediction.text, text)
        for prediction, text in zip(predictions, texts, strict=True)
    )


def _same(one: str, other: str) -> bool:
    # Systems trim and re-space texts freely; that is no sign of another text.
    return one.split() == other.split()


def _by_id(path: Path, predictions: Sequence[Prediction]) -> dict[str, Prediction]:
    by_id: dict[str, Prediction] = {}
    for prediction in predictions:
        if prediction.id is None:
            raise DataError(path, prediction.line, "this line has no id, but others have")
        if prediction.id in by_id:
            first = by_id[prediction.id].line
            raise DataError(
                path, prediction.line, f"the id '{prediction.id}' is on line {first} already"
            )
        by_id[prediction.id] = prediction
    return by_id


def _check_ids(path: Path, by_id: dict[str, Prediction], ids: Sequence[str]) -> None:
    known = set(ids)
    extra = [name for name in by_id if name not in known]
    if extra:
        raise DataError(
            path,
            by_id[extra[0]].line,
            f"the id '{extra[0]}' is not in the data (not found: {len(extra)} of {len(by_id)} "
            f"ids); the data's first id is '{ids[0]}'",
        )
    missing = [name for name in ids if name not in by_id]
    if missing:
        shown = ", ".join(f"'{name}'" for name in missing[:5])
        raise DataError(
            path,
            None,
            f"no prediction for {len(missing)} of {len(ids)} examples: "
            f"{shown}{', …' if len(missing) > 5 else ''}",
        )
    if len(known) < len(ids):
        raise DataError(
            path,
            None,
            "some examples of the data share an id, so ids cannot align predictions with them; "
            "leave the ids out and keep the order of the data",
        )
