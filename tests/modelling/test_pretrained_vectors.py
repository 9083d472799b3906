import gzip
import struct

import numpy as np
import pytest

from emocli.errors import DataError, UsageError
from emocli.modelling.pretrained_vectors import read_vectors, read_words

ROWS = {"happy": [1.0, 2.0], "sad": [-0.5, 0.25], "😂": [3.0, -3.0]}


def text(header=True, rows=ROWS):
    lines = [f"{word} {' '.join(map(str, vector))}" for word, vector in rows.items()]
    first = [f"{len(rows)} 2"] if header else []
    return "\n".join([*first, *lines, ""]).encode()


def binary(end=b"", rows=ROWS):
    packed = [
        word.encode() + b" " + struct.pack("<2f", *vector) + end for word, vector in rows.items()
    ]
    return f"{len(rows)} 2\n".encode() + b"".join(packed)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("header.txt", text()),
        ("none.vec", text(header=False)),
        ("windows.txt", text().replace(b"\n", b"\r\n")),
        ("tabs.txt", text().replace(b" ", b"\t")),
        ("spaces.txt", text().replace(b"\n", b" \n")),
        ("packed.txt.gz", gzip.compress(text(), mtime=0)),
        ("gensim.bin", binary()),
        ("word2vec.bin", binary(end=b"\n")),
        ("misnamed.txt", binary()),
        ("packed.bin.gz", gzip.compress(binary(), mtime=0)),
    ],
)
def test_every_layout_gives_the_same_rows(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    found = read_vectors(path, ["happy", "😂", "absent"])
    assert found.width == 2
    assert {word: vector.tolist() for word, vector in found.vectors.items()} == {
        "happy": [1.0, 2.0],
        "😂": [3.0, -3.0],
    }
    assert all(vector.dtype == np.float32 for vector in found.vectors.values())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("header.txt", text()),
        ("none.vec", text(header=False)),
        ("packed.txt.gz", gzip.compress(text(), mtime=0)),
        ("gensim.bin", binary()),
        ("word2vec.bin", binary(end=b"\n")),
    ],
)
def test_every_layout_gives_the_same_first_words(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    assert read_words(path, 5) == ["happy", "sad", "😂"]
    assert read_words(path, 2) == ["happy", "sad"]
    assert read_words(path, 0) == []


def test_first_words_are_spelt_as_the_file_does(tmp_path):
    path = tmp_path / "v.txt"
    path.write_bytes(b"Happy 1 2\nhappy 3 4\nNew_York 5 6\nbad\xff 7 8\n")
    assert read_words(path, 9) == ["Happy", "happy", "New_York", "bad\ufffd"]


def test_words_of_a_damaged_or_absent_file_are_an_error(tmp_path):
    path = tmp_path / "v.bin"
    with pytest.raises(UsageError) as error:
        read_words(path, 5)
    assert str(error.value) == f"{path}: no such file; look in the folder {tmp_path}"
    path.write_bytes(binary()[:-3])
    with pytest.raises(DataError) as damaged:
        read_words(path, 5)
    assert str(damaged.value) == f"{path}: is cut off at word 3 of 3; fetch it again"


def test_an_exact_spelling_comes_before_another_case(tmp_path):
    path = tmp_path / "v.txt"
    path.write_bytes(text(rows={"Happy": [9, 9], "happy": [1, 2], "SAD": [5, 5], "Sad": [6, 6]}))
    found = read_vectors(path, ["happy", "sad"])
    assert found.vectors["happy"].tolist() == [1, 2]
    assert found.vectors["sad"].tolist() == [5, 5]


def test_an_emoji_is_found_without_its_variation_selector(tmp_path):
    path = tmp_path / "v.txt"
    path.write_bytes(text(rows={"❤️": [1, 2]}))
    assert read_vectors(path, ["❤"]).vectors["❤"].tolist() == [1, 2]


def test_a_word_with_spaces_is_read_from_the_right(tmp_path):
    path = tmp_path / "v.txt"
    path.write_bytes(b"a 1 2\n. . . 3 4\nb 5 6\n")
    assert read_vectors(path, ["b", "a"]).vectors["b"].tolist() == [5, 6]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ": is empty; expected word vectors"),
        (b"happy\nsad\n", ":1: holds no numbers; expected a word and its vector"),
        (b"2 2\nhappy 1 2\nsad 1\n", ":3: has 1 numbers; expected 2"),
        (b"happy 1 2\nsad 1\n", ":2: has 1 numbers; expected 2"),
        (b"happy 1 2\nsad  1\n", ":2: has 1 numbers; expected 2"),
        (b"happy 1 2\nsad 1 x\n", ":2: has 'x' where a number is expected"),
        (b"happy 1 2\nsad 1 nan\n", ":2: has a number that is not finite"),
        (b"3 2\nhappy 1 2\nsad 1 2\n", ": is cut off or damaged: 3 words announced, 2 found"),
        (binary()[:-3], ": is cut off at word 3 of 3; fetch it again"),
        (b"1 2\nsad " + struct.pack("<2f", 1, float("inf")), ": word 1 has a number that is not"),
        (b"5 2\na " + b"\xff" * 9000, ": word 2 does not end: no word2vec file"),
    ],
)
def test_a_damaged_file_is_an_error_that_says_where(tmp_path, content, message):
    path = tmp_path / "v.txt"
    path.write_bytes(content)
    with pytest.raises(DataError) as error:
        read_vectors(path, ["sad"])
    assert str(error.value).startswith(f"{path}{message}")


def test_a_cut_off_gzip_file_is_an_error(tmp_path):
    path = tmp_path / "v.txt.gz"
    path.write_bytes(gzip.compress(text(header=False) * 50)[:-9])
    with pytest.raises(DataError, match=r"is damaged: .*; fetch it again"):
        read_vectors(path, ["sad"])


def test_a_file_only_called_gzip_is_an_error(tmp_path):
    path = tmp_path / "v.txt.gz"
    path.write_bytes(text())
    with pytest.raises(DataError, match=r"is damaged: .*; fetch it again"):
        read_vectors(path, ["sad"])


def test_a_missing_file_is_an_error(tmp_path):
    path = tmp_path / "absent.txt"
    with pytest.raises(UsageError) as error:
        read_vectors(path, ["sad"])
    assert str(error.value) == f"{path}: no such file; look in the folder {tmp_path}"


def test_a_large_binary_file_is_read_in_parts(tmp_path):
    path = tmp_path / "v.bin"
    rows = {f"w{index}": [float(index), 0.5] for index in range(120_000)}
    path.write_bytes(binary(rows=rows))
    found = read_vectors(path, ["w0", "w70000", "w119999"])
    assert [vector[0] for vector in found.vectors.values()] == [0, 70000, 119999]
