from pathlib import Path

import pytest

from emocli.data import lines
from emocli.data.records import ReadOptions, open_records
from emocli.errors import EmocliError, UsageError


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def texts(path: Path, options: ReadOptions | None = None) -> list[str]:
    with open_records(path, options) as source:
        return [record.text for record in source]


def refusal(path: Path, options: ReadOptions | None = None) -> EmocliError:
    with pytest.raises(EmocliError) as caught:
        texts(path, options)
    return caught.value


def test_only_newline_ends_a_line(tmp_path):
    path = write(tmp_path / "a.txt", "one\x0b\x85\u2028\x1c\rstill one\r\ntwo\r\r\n")
    assert texts(path) == ["one\x0b\x85\u2028\x1c\rstill one", "two\r"]


def test_empty_lines_and_a_last_line_without_newline_are_records(tmp_path):
    assert texts(write(tmp_path / "a.txt", "\n\none\n\nlast")) == ["", "", "one", "", "last"]


def test_a_byte_order_mark_is_skipped(tmp_path):
    assert texts(write(tmp_path / "a.txt", "\ufeffone\n\ufefftwo\n")) == ["one", "\ufefftwo"]
    assert texts(write(tmp_path / "a.csv", "\ufefftext,b\none,2\n")) == ["one"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp1252"])
def test_other_encodings_are_read_where_they_are_named(tmp_path, encoding):
    path = write(tmp_path / "a.txt", "café\n\nça\r\n".encode(encoding))
    assert texts(path, ReadOptions(encoding=encoding)) == ["café", "", "ça"]


def test_invalid_utf8_names_line_and_byte(tmp_path):
    path = write(tmp_path / "a.txt", b"one\ncaf\xe9\n")
    error = refusal(path)
    assert str(error) == (
        f"{path}:2: byte 0xe9 at offset 7 is not utf-8; save the file as UTF-8, or give `emocli "
        "predict` its encoding (for example --encoding latin-1) or have it replace what cannot be "
        "read (--errors replace)"
    )
    assert error.exit_status == 1
    assert texts(path, ReadOptions(encoding="latin-1")) == ["one", "café"]
    assert texts(path, ReadOptions(errors="replace")) == ["one", "caf\ufffd"]


def test_an_unknown_encoding_names_the_nearest(tmp_path):
    path = write(tmp_path / "a.txt", "one\n")
    error = refusal(path, ReadOptions(encoding="utf8x"))
    assert str(error) == (
        "unknown encoding 'utf8x': did you mean 'utf-8'? Known encodings: big5, cp1252, gb18030, "
        "latin-1, shift_jis, utf-16, utf-8. Any other text encoding that Python knows will do."
    )
    assert error.exit_status == 2
    assert isinstance(refusal(path, ReadOptions(encoding="base64")), UsageError)


def test_an_unknown_error_handler_names_the_nearest(tmp_path):
    path = write(tmp_path / "a.txt", "one\n")
    assert str(refusal(path, ReadOptions(errors="replaces"))) == (
        "unknown error handler 'replaces': did you mean 'replace'? Known error handlers: "
        "backslashreplace, ignore, replace, strict, surrogateescape."
    )


def test_a_line_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "LONGEST_LINE", 10)
    path = tmp_path / "a.txt"
    assert str(refusal(write(path, "one\n" + "x" * 11))) == (
        f"{path}:2: the line is longer than 10 bytes, expected a record a line; "
        "end the lines with a newline character"
    )
    assert texts(write(path, "x" * 9 + "\n")) == ["x" * 9]
