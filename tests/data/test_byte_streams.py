import errno
import gzip
import io
import os
from pathlib import Path

import pytest

from emocli.data.byte_streams import read_error
from emocli.data.records import ReadOptions, open_records
from emocli.errors import EmocliError


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


def test_stdin_is_not_closed():
    stdin = io.BytesIO(b"one\n")
    with open_records(None, None, stdin) as source:
        assert [record.text for record in source] == ["one"]
    assert not stdin.closed


def test_position_reaches_the_size_of_the_file(tmp_path):
    plain = write(tmp_path / "a.txt", "so happy\n" * 20_000)
    packed = write(tmp_path / "b.txt.gz", gzip.compress(plain.read_bytes()))
    for path in (plain, packed):
        with open_records(path) as source:
            assert source.total_bytes == path.stat().st_size
            assert 0 <= source.position() <= source.total_bytes
            assert len(list(source)) == 20_000
            assert source.position() == source.total_bytes


def test_a_missing_file_names_the_nearest(tmp_path):
    write(tmp_path / "tweets.txt", "one\n")
    error = refusal(tmp_path / "tweet.txt")
    assert str(error) == (
        f"{tmp_path / 'tweet.txt'}: no such file; did you mean {tmp_path / 'tweets.txt'}?"
    )
    assert error.exit_status == 2


def test_a_missing_file_without_a_near_one_names_its_folder(tmp_path):
    assert str(refusal(tmp_path / "x.csv")) == (
        f"{tmp_path / 'x.csv'}: no such file; look in the folder {tmp_path}"
    )
    path = tmp_path / "nowhere" / "x.csv"
    assert str(refusal(path)) == f"{path}: no such file: there is no folder {path.parent}"


def test_a_directory_is_refused(tmp_path):
    error = refusal(tmp_path)
    assert str(error) == (
        f"{tmp_path}: this is a directory, expected a file; name the files in it, "
        f"for example {tmp_path / '*'}"
    )
    assert error.exit_status == 2


PACKED = gzip.compress(b"so happy\n", mtime=0)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"so\0happy", ": this is a binary file, expected text; name a text file"),
        (
            "a.csv",
            b"\xff\xd8\xff\0",
            ": this is a binary file, expected csv; name a text file",
        ),
        (
            "a.txt",
            "so happy".encode("utf-16"),
            ": this is UTF-16 text, expected UTF-8; save it as UTF-8, or give `emocli "
            "predict` --encoding utf-16",
        ),
        (
            "a.csv",
            b"PAR1\x15\x04",
            ": this is a parquet file, expected csv; name it .parquet, or give `emocli "
            "predict` --input-format parquet",
        ),
        (
            "a.csv",
            b"PK\x03\x04\x14\0",
            ": this is a zip archive (as .xlsx and .docx files are), expected csv; unpack it, or "
            "save its table as csv",
        ),
        (
            "a.jsonl",
            b"BZh91AY&SY",
            ": this is a bzip2 file, expected jsonl; unpack it, or save its table as csv",
        ),
        (
            "a.txt.gz",
            b"so happy\n",
            ": this is not a gzip file, though its name ends in .gz; take .gz off its name, or "
            "download it again",
        ),
        (
            "a.txt.gz",
            PACKED[:-9],
            ":2: the gzip file ends too early; copy or download it again",
        ),
        (
            "a.txt.gz",
            gzip.compress(b"so\0happy", mtime=0),
            ": this is a binary file, expected text; name a text file",
        ),
    ],
    ids=[
        "binary",
        "image",
        "utf-16",
        "parquet",
        "zip",
        "bzip2",
        "no gzip",
        "cut gzip",
        "packed binary",
    ],
)
def test_bytes_that_are_not_what_the_name_says_are_named(tmp_path, name, content, message):
    path = write(tmp_path / name, content)
    error = refusal(path)
    assert str(error) == f"{path}{message}"
    assert error.exit_status == 1


def test_a_gzip_file_under_another_name_is_told_to_be_renamed(tmp_path):
    path = write(tmp_path / "a.txt", PACKED)
    assert str(refusal(path)) == (
        f"{path}: this is a gzip file, though its name does not say so; rename it to {path}.gz"
    )


def test_a_gzip_file_cut_short_gives_the_lines_before_the_cut(tmp_path):
    content = b"".join(b"%d %s\n" % (n, os.urandom(20).hex().encode()) for n in range(30_000))
    packed = gzip.compress(content)
    path = write(tmp_path / "a.txt.gz", packed[: len(packed) // 2])
    read = []
    with pytest.raises(EmocliError) as caught, open_records(path) as source:
        for record in source:
            read.append(record.text)
    assert read == content.decode().split("\n")[: len(read)]
    assert str(caught.value) == (
        f"{path}:{len(read) + 1}: the gzip file ends too early; copy or download it again"
    )


def test_a_damaged_gzip_file_is_named(tmp_path):
    packed = bytearray(PACKED)
    packed[-6] ^= 0xFF
    path = write(tmp_path / "a.txt.gz", bytes(packed))
    message = str(refusal(path))
    assert message.startswith(f"{path}:2: the gzip file is damaged (CRC check failed ")
    assert message.endswith("); copy or download it again")


def test_a_text_that_begins_with_the_letters_of_parquet_is_text(tmp_path):
    assert texts(write(tmp_path / "a.txt", "PAR1 is a film\n")) == ["PAR1 is a film"]


def test_a_file_is_closed_when_it_is_refused(tmp_path, monkeypatch):
    path = write(tmp_path / "a.csv", "a,b\n1,2\n")
    opened = []
    original = Path.open

    def remembering(path, *arguments, **options):
        opened.append(original(path, *arguments, **options))
        return opened[-1]

    monkeypatch.setattr(Path, "open", remembering)
    refusal(path)
    assert [stream.closed for stream in opened] == [True]


def test_after_the_end_a_terminal_is_not_asked_again():
    class Terminal(io.BytesIO):
        n_ends = 0

        def read1(self, size: int | None = -1) -> bytes:
            piece = super().read1(size)
            self.n_ends += not piece
            return piece

    for content in (b"", b"one", b"one\n"):
        stdin = Terminal(content)
        assert len(list(open_records(None, None, stdin))) == len(content.splitlines())
        assert stdin.n_ends == 1


def test_a_file_that_may_not_be_read_is_told():
    error = read_error(PermissionError(errno.EACCES, os.strerror(errno.EACCES)), "a.txt", None)
    assert str(error) == "a.txt: cannot be read: permission denied"
    assert error.exit_status == 1


def test_a_failing_disk_is_told(tmp_path):
    class Failing(io.BytesIO):
        def read1(self, size: int | None = -1) -> bytes:
            raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(EmocliError) as caught:
        open_records(None, None, Failing())
    assert str(caught.value) == "stdin: cannot be read: Input/output error"
