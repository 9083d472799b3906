"""Lines of text from bytes: split on the newline character only, decoded, counted."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator

from emocli.data import LONGEST_LINE
from emocli.data.byte_streams import READ_ERRORS, UnpackedBytes, read_error
from emocli.errors import DataError, unknown

_COMMON_ENCODINGS = ("utf-8", "utf-16", "latin-1", "cp1252", "gb18030", "big5", "shift_jis")
_ERROR_HANDLERS = ("strict", "replace", "ignore", "backslashreplace", "surrogateescape")


def check_encoding(encoding: str, errors: str) -> None:
    """Refuse an encoding or an error handler that Python does not know.

    Raises:
        UsageError: names the nearest.
    """
    try:
        "\n".encode(encoding)
    except (LookupError, ValueError) as error:
        hint = "Any other text encoding that Python knows will do."
        raise unknown("encoding", encoding, _COMMON_ENCODINGS, hint) from error
    try:
        codecs.lookup_error(errors)
    except LookupError as error:
        raise unknown("error handler", errors, _ERROR_HANDLERS) from error


def is_wide(encoding: str) -> bool:
    """Whether a newline is something else than the byte 0x0A, as in UTF-16 and UTF-32."""
    return "\n".encode(_plain(encoding)) != b"\n"


class Lines:
    """The lines of a stream, each with its line end, "\\n" or "\\r\\n", where it has one.

    A byte order mark is skipped. Only "\\n" ends a line: U+2028, U+0085 and other control
    characters stay inside it. Bytes after the last newline are a line of their own.

    Attributes:
        number: of the line last read, counted from 1; 0 before the first.
    """

    def __init__(
        self, data: UnpackedBytes, name: str, encoding: str = "utf-8", errors: str = "strict"
    ) -> None:
        self.name = name
        self.number = 0
        self._encoding = _plain(encoding)
        self._errors = errors
        self._held: str | None = None
        read = self._read_wide if is_wide(encoding) else self._read
        self._lines = read(data)

    def peek(self) -> str | None:
        """The next line, which is still to be given; None at the end."""
        if self._held is None:
            self._held = next(self._lines, None)
        return self._held

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        if self._held is not None:
            line, self._held = self._held, None
            return line
        return next(self._lines)

    def _read(self, data: UnpackedBytes) -> Iterator[str]:
        offset = 0
        while raw := self._next(data):
            try:
                line = raw.decode(self._encoding, self._errors)
            except UnicodeDecodeError as error:
                byte = f"byte 0x{error.object[error.start]:02x} at offset {offset + error.start}"
                raise self._undecodable(byte) from error
            offset += len(raw)
            if self.number == 1 and not (line := line.removeprefix("\ufeff")):
                return
            yield line

    def _next(self, data: UnpackedBytes) -> bytes:
        try:
            raw = data.readline(LONGEST_LINE + 1)
        except READ_ERRORS as error:
            raise read_error(error, self.name, self.number + 1) from error
        self.number += bool(raw)
        self._check_length(len(raw))
        return raw

    def _read_wide(self, data: UnpackedBytes) -> Iterator[str]:
        # Decoded before it is split, so several lines at a time: the place of a bad byte is
        # known to the chunk only.
        text = io.TextIOWrapper(data, self._encoding, self._errors, newline="\n")
        try:
            while line := text.readline(LONGEST_LINE + 1):
                self.number += 1
                self._check_length(len(line))
                if self.number == 1 and not (line := line.removeprefix("\ufeff")):
                    return
                yield line
        except UnicodeError as error:
            raise self._undecodable(f"the text at or after this line ({error})") from error
        except READ_ERRORS as error:
            raise read_error(error, self.name, self.number + 1) from error

    def _check_length(self, length: int) -> None:
        if length > LONGEST_LINE:
            raise DataError(
                self.name,
                self.number,
                f"the line is longer than {LONGEST_LINE} bytes, expected a record a line; "
                "end the lines with a newline character",
            )

    def _undecodable(self, what: str) -> DataError:
        return DataError(
            self.name,
            max(self.number, 1),
            f"{what} is not {self._encoding}; save the file as UTF-8, or give `emocli predict` its "
            "encoding (for example --encoding latin-1) or have it replace what cannot be read "
            "(--errors replace)",
        )


def _plain(encoding: str) -> str:
    # The byte order mark is taken off here for every encoding, so both names mean the same.
    return "utf-8" if codecs.lookup(encoding).name == "utf-8-sig" else encoding
