"""Where emocli keeps its files, and writing them whole or not at all.

`EMOCLI_HOME` overrides the platform's data folder (platformdirs).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal

from emocli.errors import EmocliError


def home() -> Path:
    """The folder under which emocli keeps models, data sets and unfinished trainings."""
    override = os.environ.get("EMOCLI_HOME")
    if override:
        return path_of(override)
    import platformdirs

    return platformdirs.user_data_path("emocli", appauthor=False)


def models_folder() -> Path:
    """Where trained models are kept by name."""
    return home() / "models"


def datasets_folder() -> Path:
    """Where downloaded data sets and the register of local copies are kept."""
    return home() / "datasets"


def runs_folder() -> Path:
    """Where the checkpoints of unfinished trainings are kept."""
    return home() / "runs"


def cache_folder() -> Path:
    """Where emocli keeps what it can make again; deleting it costs only time."""
    if os.environ.get("EMOCLI_HOME"):
        return home() / "cache"
    import platformdirs

    return platformdirs.user_cache_path("emocli", appauthor=False)


def path_of(name: str | Path) -> Path:
    """The path that a user gives by `name`; a `~` in front is a home folder, if there is one."""
    try:
        return Path(name).expanduser()
    except RuntimeError:  # that of a user whom nobody knows
        return Path(name)


@contextmanager
def whole_file(path: Path, mode: Literal["w", "wb"] = "w") -> Iterator[IO[Any]]:
    """Open a file for writing that appears under its name only when it is complete.

    A link stays one: what it points to is written. A device is written to directly.

    Raises:
        EmocliError: the file cannot be written (no such folder, no permission, disk full).
    """
    text: dict[str, Any] = {} if mode == "wb" else {"encoding": "utf-8", "newline": "\n"}
    with writing(path):
        refuse_folder(path)
        if is_device(path):
            with path.open(mode, **text) as stream:
                yield stream
            return
        import tempfile

        place = target_of(path)
        handle, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, mode, **text) as stream:
                yield stream
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(place)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def is_device(path: Path) -> bool:
    """Whether `path` is there and neither a file nor a folder, as `/dev/null` or a named pipe is.

    It is written to directly, since a rename would put a file in its place.
    """
    return path.exists() and not (path.is_file() or path.is_dir())


def target_of(path: Path) -> Path:
    """The file that a link points to, which is written in the link's place; else `path`."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def refuse_folder(path: Path) -> None:
    """Raise IsADirectoryError where a folder is in the place of a file."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A temporary folder that takes the place of `path` when the block ends without an error.

    Raises:
        EmocliError: the folder cannot be written.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = _temporary_folder(path, f".{path.name}.")
        try:
            yield temporary
            temporary.chmod(0o777 & ~_umask())
            _replace_folder(temporary, path)
        except BaseException:
            _remove(temporary)
            raise


def check_folder(path: Path) -> None:
    """Find out whether `whole_folder` can write `path`: a folder is made where it begins, and goes.

    Raises:
        EmocliError: it cannot.
    """
    with writing(path):
        above = next(folder for folder in path.absolute().parents if folder.exists())
        _temporary_folder(above / path.name, f".{path.name}.").rmdir()


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn the operating system's refusals while writing `path` into words a user can act on."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise EmocliError(f"{path}: cannot be written: {reason(error)}") from error


def reason(error: OSError) -> str:
    """Why the operating system refuses to write, and what to do."""
    advice = {
        errno.ENOSPC: "the disk is full; free some space or choose another place",
        errno.EACCES: "permission denied; choose another place",
        errno.EPERM: "permission denied; choose another place",
        errno.EROFS: "the file system is read-only; choose another place",
        errno.EISDIR: "it is a directory; give the name of a file",
        errno.ENOENT: "its folder does not exist; create it first",
        errno.ENAMETOOLONG: "its name is too long; choose a shorter one",
        errno.EBADF: "it is closed; leave it open, or send it to a file",
        errno.ENOTDIR: "a part of its path is a file, not a folder",
        errno.EEXIST: "a file is in the place of a folder; remove it or choose another name",
    }
    return advice.get(error.errno or 0, error.strerror or str(error))


def _replace_folder(new: Path, path: Path) -> None:
    if not path.exists():
        new.rename(path)
        return
    if not path.is_dir():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    aside = _temporary_folder(path, f".{path.name}.old.")
    old = aside / path.name
    try:
        path.rename(old)
        new.rename(path)
    except BaseException:
        # An interruption between the two must not cost what was there before.
        if old.exists() and not path.exists():
            old.rename(path)
        raise
    finally:
        _remove(aside)


def _temporary_folder(path: Path, prefix: str) -> Path:
    """A new folder beside `path`."""
    # Imported here, as shutil below: lists and tab completion write nothing.
    import tempfile

    return Path(tempfile.mkdtemp(prefix=prefix, dir=path.parent))


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
