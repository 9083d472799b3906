"""What predict writes for a record, and its values as JSON and as cells of a table."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Collection, Mapping, Sequence
from typing import cast

from emocli.data.record import Record

ROW_NAMES = ("id", "text", "labels", "scores")

Row = Mapping[str, object]


def output_row(
    record: Record, id: str, labels: Sequence[str], scores: Mapping[str, float]
) -> dict[str, object]:
    """The row of a record: `ROW_NAMES`, then the columns carried through.

    A carried column that has the name of another is kept under `input_` and its name.

    Args:
        record: as it was read.
        id: the record's own, or the one made up for it.
        labels: the names of the labels it was given.
        scores: the probability in [0, 1] of each label.
    """
    row: dict[str, object] = {
        "id": id,
        "text": record.text,
        "labels": list(labels),
        "scores": dict(scores),
    }
    row.update((carried_name(name, ROW_NAMES), value) for name, value in record.extra.items())
    return row


def labels_of(row: Row) -> Sequence[str]:
    """The names of the labels in a row."""
    return cast(Sequence[str], row["labels"])


def scores_of(row: Row) -> Mapping[str, float]:
    """The probability of each label in a row."""
    return cast(Mapping[str, float], row["scores"])


def carried_name(name: str, taken: Collection[str]) -> str:
    """The name under which a column is carried through where other columns have taken some.

    `labels` becomes `input_labels`, and `input_labels` then `input_input_labels`: two columns
    never meet, whatever other columns there are.
    """
    bare = name
    while bare.startswith("input_"):
        bare = bare.removeprefix("input_")
    return f"input_{name}" if bare in taken else name


def json_text(value: object) -> str:
    """The value as JSON on one line.

    Characters are kept as they are, but for lone surrogates, which UTF-8 cannot hold: they are
    escaped. JSON has no NaN and no infinity, so they become null; times become ISO 8601, bytes
    text, and what else JSON does not know its string.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)
    except ValueError:
        text = json.dumps(_finite(value), ensure_ascii=False, default=_plain)
    if is_encodable(text):
        return text
    return "".join(char if is_encodable(char) else f"\\u{ord(char):04x}" for char in text)


def cell(value: object) -> str:
    """The value as a cell: text as it is, nothing for null and NaN, else its JSON.

    Lone surrogates become U+FFFD.
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, datetime.date | datetime.time | bytes):
        value = _plain(value)
    return encodable(value) if isinstance(value, str) else json_text(value)


def encodable(text: str) -> str:
    """The text with U+FFFD for each lone surrogate, which UTF-8 cannot hold."""
    if is_encodable(text):
        return text
    return "".join(char if is_encodable(char) else "\ufffd" for char in text)


def is_encodable(text: str) -> bool:
    """Whether UTF-8 can hold the text: it can unless there are lone surrogates."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _plain(value: object) -> str:
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return str(value)


def _finite(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return value
