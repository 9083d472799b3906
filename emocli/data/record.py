"""One text of an input, and how inputs are to be read."""

from __future__ import annotations

from dataclasses import dataclass

FORMATS = ("text", "csv", "tsv", "jsonl", "parquet")
ENDINGS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
}
"""The format that the ending of a file's name says; any other ending is text."""


@dataclass(frozen=True, slots=True)
class Record:
    """One text and what came with it.

    Attributes:
        id: what the input calls the record; None where it has no id column or leaves it empty.
        text: the text, whole and unchanged; may be empty.
        extra: the other columns, in the input's order, carried through to the output.
    """

    id: str | None
    text: str
    extra: dict[str, object]


@dataclass(frozen=True)
class ReadOptions:
    """How an input is read.

    Attributes:
        format: one of `FORMATS`; None: by the file's ending, and text for standard input.
        text_column: the column that holds the text; None: found by its name.
        id_column: the column that holds the id; None: the one called "id", if there is one.
        encoding: any text encoding that Python knows.
        errors: what becomes of undecodable bytes: "strict" is an error, "replace" U+FFFD,
            or any other error handler that Python knows.
    """

    format: str | None = None
    text_column: str | None = None
    id_column: str | None = None
    encoding: str = "utf-8"
    errors: str = "strict"
