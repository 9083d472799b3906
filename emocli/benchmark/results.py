"""The results file: a line a trial, only ever added to, by several benchmarks at once if need be.

A folder holds `results.jsonl`, `predictions/KEY.jsonl.gz` (the answers to each scored text) and
`models/KEY` (what other trials build upon, or all) and, of trials that are under way,
`checkpoints/KEY`. A line is written whole under a lock, after everything that it tells of; whatever
ends a benchmark costs no more than some minutes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from emocli.errors import DataError, EmocliError
from emocli.locks import locked
from emocli.paths import home, writing
from emocli.reporting import SILENT, Reporter

FORMAT = 1
LOCK_SECONDS = 30.0
Record = dict[str, Any]


def default_folder() -> Path:
    """Where results are kept unless a command says otherwise."""
    return home() / "benchmark"


class Results:
    """The results in one folder."""

    def __init__(self, folder: Path, reporter: Reporter = SILENT) -> None:
        """Results in `folder`, which need not be there yet."""
        self.folder = folder
        self.path = folder / "results.jsonl"
        self._reporter = reporter
        self._read: tuple[tuple[int, int], list[Record]] | None = None

    def read(self) -> list[Record]:
        """Every record, in the file's order; a last line that was cut off is left out, and told.

        A file that has not changed is not read again.

        Raises:
            DataError: a line is no record, or of a later format.
            EmocliError: the file cannot be read.
        """
        try:
            status = self.path.stat()
            state = (status.st_size, status.st_mtime_ns)
            if self._read is None or self._read[0] != state:
                self._read = (state, self._parsed(self.path.read_bytes()))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise EmocliError(f"{self.path}: cannot be read: {error.strerror}") from error
        return self._read[1]

    def done(self) -> dict[str, Record]:
        """The newest record of each trial that was finished, by the trial's key."""
        return {record["key"]: record for record in self.read() if record["status"] == "done"}

    def append(self, record: Mapping[str, Any]) -> None:
        """Add a line; one that was cut off goes.

        Raises:
            EmocliError: another program holds the lock for `LOCK_SECONDS`, or the file cannot be
                written.
        """
        line = json.dumps({"format": FORMAT, **record}, ensure_ascii=False) + "\n"
        with locked(self.path.with_suffix(".lock"), LOCK_SECONDS) as held:
            if not held:
                raise EmocliError(
                    f"{self.path}: another program has kept it locked for {LOCK_SECONDS:g} "
                    "seconds; wait until it ends, or choose another --results folder."
                )
            with writing(self.path), self.path.open("ab+") as stream:
                stream.truncate(_whole_lines(stream))
                stream.write(line.encode())

    def claim(self, key: str) -> AbstractContextManager[bool]:
        """Keep other benchmarks from a trial inside the block; False where one has it already."""
        return locked(self.folder / "claims" / f"{key}.lock")

    def predictions(self, key: str) -> Path:
        """Where the answers of a trial are."""
        return self.folder / "predictions" / f"{key}.jsonl.gz"

    def model(self, key: str) -> Path:
        """Where the model of a trial is, if it is kept."""
        return self.folder / "models" / key

    def checkpoint(self, key: str) -> Path:
        """Where the training of a trial is kept until it is done."""
        return self.folder / "checkpoints" / key

    def _parsed(self, content: bytes) -> list[Record]:
        *lines, rest = content.split(b"\n")
        if rest:
            self._reporter.warn(
                f"{self.path}:{len(lines) + 1}: the last line was cut off; its trial counts as "
                "not done"
            )
        return [self._record(number, line) for number, line in enumerate(lines, 1)]

    def _record(self, number: int, line: bytes) -> Record:
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        whole = isinstance(found, dict) and {"key", "status"} <= found.keys()
        if not whole or not isinstance(found.get("format"), int):
            raise DataError(self.path, number, "this is no result of a benchmark; remove the line")
        if found["format"] > FORMAT:
            raise DataError(
                self.path,
                number,
                f"has format {found['format']}, this emocli reads up to {FORMAT}; upgrade emocli",
            )
        record: Record = found
        return record


def _whole_lines(stream: Any) -> int:
    """How many bytes of a file are whole lines."""
    end: int = stream.seek(0, 2)
    while end:
        start = max(0, end - 2**16)
        stream.seek(start)
        newline: int = stream.read(end - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0
