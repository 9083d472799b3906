"""Several inputs, files and standard input, as one stream of records."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from emocli.data.byte_streams import open_stdin
from emocli.data.output_rows import carried_name
from emocli.data.record_formats import E_C, EI_REG
from emocli.data.records import ReadOptions, Record, RecordSource, open_records
from emocli.errors import EmocliError, UsageError
from emocli.paths import is_device
from emocli.reporting import SILENT, Reporter

FILE_COLUMN = "file"


class Inputs:
    """The records of several inputs, one input after the other.

    With more than one input, each record also carries the column `file`: the path as it was
    given, or "stdin". A column of that name in an input becomes `input_file`.

    Attributes:
        carried: the columns carried through, of all inputs together; None where they are known
            only when the records come.
        total_bytes: the size of all inputs together; None where one of them is a pipe.
    """

    def __init__(
        self,
        paths: Sequence[Path | None],
        options: ReadOptions | None = None,
        stdin: BinaryIO | None = None,
        reporter: Reporter = SILENT,
    ) -> None:
        """Look at each file, so that what cannot be read is known before any work is done.

        Args:
            paths: files; None stands for standard input.
            stdin: what to read in its place.
            reporter: is told which published layouts are recognised.

        Raises:
            EmocliError: as `open_records`.
        """
        if list(paths).count(None) > 1:
            raise UsageError("standard input ('-') is given more than once.")
        self._paths = tuple(paths)
        self._options = options or ReadOptions()
        self._stdin = stdin
        self._reporter = reporter
        self._source: RecordSource | None = None
        self._n_bytes_before = 0
        looked_at = [self._look_at(path) for path in paths]
        sizes = [size for _, size in looked_at]
        self.total_bytes = None if None in sizes else sum(size or 0 for size in sizes)
        self.carried = self._all_carried([columns for columns, _ in looked_at])

    def position(self) -> int:
        """How many of `total_bytes` have been read."""
        return self._n_bytes_before + (self._source.position() if self._source else 0)

    def records(self, skip: int = 0, again: int = 0) -> Iterator[Record]:
        """The records after the first `skip`, and before them the last `again` of these.

        Raises:
            EmocliError: as `open_records`; or there are not so many records.
        """
        records = self._records()
        n_skipped = 0
        last: deque[Record] = deque(maxlen=again)
        for record in islice(records, skip):
            n_skipped += 1
            last.append(record)
        if n_skipped < skip:
            raise EmocliError(
                f"{skip} texts are done already, but the input holds only {n_skipped}: it is not "
                "the input of the run that was interrupted; leave out --resume to begin anew"
            )
        yield from last
        yield from records

    def _records(self) -> Iterator[Record]:
        for path in self._paths:
            with open_records(path, self._options, self._stdin) as source:
                self._source = source
                if path is None:
                    self._tell_layout(source)
                yield from self._with_file(source) if len(self._paths) > 1 else source
                self._n_bytes_before += source.total_bytes or 0
                self._source = None

    def _with_file(self, source: RecordSource) -> Iterator[Record]:
        for record in source:
            carried = {_beside_file(name): value for name, value in record.extra.items()}
            yield Record(record.id, record.text, {FILE_COLUMN: source.name, **carried})

    def _look_at(self, path: Path | None) -> tuple[tuple[str, ...] | None, int | None]:
        if path is None:
            return None, open_stdin(self._stdin).total_bytes()
        if is_device(path):
            return None, None  # a named pipe can be opened only once
        with open_records(path, self._options) as source:
            self._tell_layout(source)
            return source.columns, source.total_bytes

    def _tell_layout(self, source: RecordSource) -> None:
        if source.format in (E_C, EI_REG):
            self._reporter.say(
                f"{source.name}: SemEval-2018 {source.format} layout, texts in column 'Tweet'"
            )

    def _all_carried(self, columns: Sequence[tuple[str, ...] | None]) -> tuple[str, ...] | None:
        known = [names for names in columns if names is not None]
        if len(known) < len(columns):
            return None
        if len(columns) == 1:
            return known[0]
        names = (_beside_file(name) for part in known for name in part)
        return (FILE_COLUMN, *dict.fromkeys(names))


def _beside_file(name: str) -> str:
    return carried_name(name, (FILE_COLUMN,))
