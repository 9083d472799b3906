from __future__ import annotations

import errno
import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from emocli import paths
from emocli.errors import EmocliError
from emocli.paths import whole_file, whole_folder, writing

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
IN_THE_WAY = "a file is in the place of a folder; remove it or choose another name"
needs_permissions = pytest.mark.skipif(
    AS_ROOT or sys.platform == "win32", reason="root and Windows may write into any folder"
)


@contextmanager
def refused(text: str) -> Iterator[None]:
    with pytest.raises(EmocliError) as caught:
        yield
    assert str(caught.value) == text


class FullDisk(io.StringIO):
    """A stream on a disk without space."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    yield folder
    folder.chmod(0o700)


def test_everything_is_kept_under_the_folder_that_the_variable_names(home: Path) -> None:
    assert paths.home() == home
    assert paths.models_folder() == home / "models"
    assert paths.datasets_folder() == home / "datasets"
    assert paths.runs_folder() == home / "runs"
    assert paths.cache_folder() == home / "cache"


def test_the_variable_may_begin_with_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOCLI_HOME", "~/emotions")
    assert paths.home() == Path.home() / "emotions"


def test_the_tilde_of_nobody_was_an_internal_error(tilde: Path) -> None:
    assert paths.path_of("~/emotions") == tilde / "emotions"
    assert paths.path_of("~nobody here/x") == Path("~nobody here/x")


def test_without_the_variable_the_platform_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMOCLI_HOME")
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: Path("data"))
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: Path("cache"))
    assert paths.models_folder() == Path("data") / "models"
    assert paths.cache_folder() == Path("cache")


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    with whole_file(path) as stream:
        stream.write("joy\n")
        stream.flush()
        assert not path.exists()
    assert path.read_bytes() == b"joy\n"
    assert [found.name for found in tmp_path.iterdir()] == ["scores.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows, not everybody may make links")
def test_what_a_link_points_to_is_written_and_the_link_stays(tmp_path: Path) -> None:
    """The link used to become a file."""
    (tmp_path / "far").mkdir()
    path, place = tmp_path / "scores.csv", tmp_path / "far" / "scores.csv"
    path.symlink_to(place)
    for text in ("new", "newer"):
        with whole_file(path) as stream:
            stream.write(text)
        assert path.is_symlink()
        assert place.read_text(encoding="utf-8") == text
    assert [found.name for found in place.parent.iterdir()] == ["scores.csv"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are not of this system")
def test_a_named_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    """It used to become a file, while its reader waited for ever."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with whole_file(path) as stream:
        stream.write("joy\n")
    assert os.read(reader, 10) == b"joy\n"
    os.close(reader)
    assert path.is_fifo()


def test_lines_end_alike_on_every_platform(tmp_path: Path) -> None:
    path = tmp_path / "tweets.txt"
    with whole_file(path) as stream:
        print("so happy 😀", file=stream)
    assert path.read_bytes() == "so happy 😀\n".encode()


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "vectors.bin"
    with whole_file(path, "wb") as stream:
        stream.write(b"\r\n\x00")
    assert path.read_bytes() == b"\r\n\x00"


def test_a_broken_off_file_leaves_the_earlier_one_and_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("earlier", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt), whole_file(path) as stream:
        stream.write("later")
        raise KeyboardInterrupt
    assert path.read_text(encoding="utf-8") == "earlier"
    assert [found.name for found in tmp_path.iterdir()] == ["scores.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_others_may_read_a_file_as_the_user_lets_them(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with whole_file(tmp_path / "scores.csv"), whole_folder(tmp_path / "model"):
            pass
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "scores.csv").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "model").stat().st_mode) == 0o750


def test_a_full_disk_is_told_in_words_and_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_full(handle: int, *_: Any, **__: Any) -> FullDisk:
        os.close(handle)
        return FullDisk()

    monkeypatch.setattr(os, "fdopen", open_full)
    path = tmp_path / "scores.csv"
    text = f"{path}: cannot be written: the disk is full; free some space or choose another place"
    with refused(text), whole_file(path) as stream:
        stream.write("joy")
    assert list(tmp_path.iterdir()) == []


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    text = f"{tmp_path}: cannot be written: it is a directory; give the name of a file"
    with refused(text), whole_file(tmp_path):
        pass


def test_a_file_needs_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "none" / "scores.csv"
    text = f"{path}: cannot be written: its folder does not exist; create it first"
    with refused(text), whole_file(path):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="Windows says that the folder does not exist")
def test_a_file_cannot_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "tweets.txt").touch()
    path = tmp_path / "tweets.txt" / "scores.csv"
    text = f"{path}: cannot be written: a part of its path is a file, not a folder"
    with refused(text), whole_file(path):
        pass


def test_a_folder_cannot_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "tweets.txt").touch()
    path = tmp_path / "tweets.txt" / "model"
    text = f"{path}: cannot be written: {IN_THE_WAY}"
    with refused(text), whole_folder(path):
        pass


@needs_permissions
def test_a_locked_folder_is_told_in_words(locked: Path) -> None:
    path = locked / "scores.csv"
    text = f"{path}: cannot be written: permission denied; choose another place"
    with refused(text), whole_file(path):
        pass
    with refused(text), whole_folder(path):
        pass


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.EACCES, "permission denied; choose another place"),
        (errno.EPERM, "permission denied; choose another place"),
        (errno.EROFS, "the file system is read-only; choose another place"),
        (errno.ENAMETOOLONG, "its name is too long; choose a shorter one"),
        (errno.EBADF, "it is closed; leave it open, or send it to a file"),
        (errno.EMLINK, os.strerror(errno.EMLINK)),
    ],
)
def test_every_refusal_names_the_path(code: int, words: str) -> None:
    with refused(f"scores.csv: cannot be written: {words}"), writing(Path("scores.csv")):
        raise OSError(code, os.strerror(code))


def test_a_closed_pipe_is_no_failure_to_write() -> None:
    with pytest.raises(BrokenPipeError), writing(Path("scores.csv")):
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def test_a_folder_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "model"
    with whole_folder(path) as place:
        (place / "model.json").write_text("{}", encoding="utf-8")
        assert not path.exists()
    assert [found.name for found in path.iterdir()] == ["model.json"]
    assert [found.name for found in path.parent.iterdir()] == ["model"]


def test_a_folder_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.mkdir()
    (path / "old.json").touch()
    with whole_folder(path) as place:
        (place / "new.json").touch()
    assert [found.name for found in path.iterdir()] == ["new.json"]
    assert [found.name for found in tmp_path.iterdir()] == ["model"]


def test_a_broken_off_folder_leaves_the_earlier_one_and_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.mkdir()
    (path / "old.json").touch()
    with pytest.raises(KeyboardInterrupt), whole_folder(path) as place:
        (place / "new.json").touch()
        raise KeyboardInterrupt
    assert [found.name for found in path.iterdir()] == ["old.json"]
    assert [found.name for found in tmp_path.iterdir()] == ["model"]


def test_an_interruption_while_folders_change_places_loses_neither(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The earlier checkpoint used to be gone when Ctrl-C fell between the two renames."""
    path = tmp_path / "model"
    path.mkdir()
    (path / "old.json").touch()
    rename = Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        if target == path and (self / "new.json").exists():
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt), whole_folder(path) as place:
        (place / "new.json").touch()
    assert [found.name for found in path.iterdir()] == ["old.json"]
    assert [found.name for found in tmp_path.iterdir()] == ["model"]


def test_a_folder_does_not_take_the_place_of_a_file(tmp_path: Path) -> None:
    """It used to delete the user's file."""
    path = tmp_path / "notes.txt"
    path.write_text("mine", encoding="utf-8")
    text = f"{path}: cannot be written: {IN_THE_WAY}"
    with refused(text), whole_folder(path):
        pass
    assert path.read_text(encoding="utf-8") == "mine"
