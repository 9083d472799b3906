"""Zip and tar archives: only the files wanted leave them, and damage is told."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from emocli.data.archives import unpack
from emocli.data.dataset import File
from emocli.errors import DataError

TRAIN = b"ID\tTweet\tjoy\na\tyay\t1\n"


def test_a_tar_archive_is_unpacked_and_links_in_it_are_not_followed(tmp_path: Path) -> None:
    archive = tmp_path / "all.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        link = tarfile.TarInfo("dev.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
        member = tarfile.TarInfo("../train.txt")
        member.size = len(TRAIN)
        tar.addfile(member, io.BytesIO(TRAIN))
    target = tmp_path / "out"
    target.mkdir()
    unpack(archive, (File("train.txt"), File("dev.txt")), target)
    assert [path.name for path in target.iterdir()] == ["train.txt"]
    assert not (tmp_path / "train.txt").exists()


def test_of_members_of_the_same_name_the_one_in_the_known_folder_is_taken(tmp_path: Path) -> None:
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("final/DOWNLOAD/a.txt", b"without texts")
        opened.writestr("final/GOLD/Subtask_A/a.txt", b"with texts")
    unpack(archive, (File("a.txt", aliases=("GOLD/Subtask_A/a.txt",)),), tmp_path)
    assert (tmp_path / "a.txt").read_bytes() == b"with texts"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda content: content[:-30], "this is no zip or tar archive, or it was cut short"),
        (lambda _: b"nothing", "this is no zip or tar archive, or it was cut short"),
        (
            lambda content: content.replace(b"yay", b"nay"),
            "the archive is damaged: Bad CRC-32 for file 'train.txt'",
        ),
    ],
)
def test_a_damaged_archive_says_so(
    tmp_path: Path, spoil: Callable[[bytes], bytes], message: str
) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as opened:
        opened.writestr("train.txt", TRAIN)
    archive = tmp_path / "all.zip"
    archive.write_bytes(spoil(held.getvalue()))
    with pytest.raises(DataError) as caught:
        unpack(archive, (File("train.txt"),), tmp_path)
    assert str(caught.value) == f"{archive}: {message}"


def test_a_tar_archive_that_was_cut_short_says_so(tmp_path: Path) -> None:
    """It used to be an internal error: its members are listed before any of them is read."""
    archive = tmp_path / "all.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("train.txt"))
    archive.write_bytes(archive.read_bytes()[:-20])
    with pytest.raises(DataError) as caught:
        unpack(archive, (File("train.txt"),), tmp_path)
    assert str(caught.value) == (
        f"{archive}: the archive is damaged: "
        "Compressed file ended before the end-of-stream marker was reached"
    )


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (6, 1, "File 'train.txt' is encrypted, password required for extraction"),
        (8, 9, "That compression method is not supported"),
    ],
    ids=["encrypted", "deflate64"],
)
def test_an_archive_that_python_cannot_unpack_says_why_and_what_to_do(
    tmp_path: Path, place: int, value: int, reason: str
) -> None:
    """A compression that Python does not know used to be called encryption."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as opened:
        opened.writestr("train.txt", TRAIN)
    content = bytearray(held.getvalue())
    content[place] = value  # in the member's own header, and in the directory
    content[content.index(b"PK\x01\x02") + place + 2] = value
    archive = tmp_path / "all.zip"
    archive.write_bytes(content)
    with pytest.raises(DataError) as caught:
        unpack(archive, (File("train.txt"),), tmp_path)
    assert str(caught.value) == (
        f"{archive}: cannot be unpacked ({reason}); unpack it yourself and use `emocli data add`"
    )
