"""The files of a data set out of a zip or tar archive; nothing else in it is unpacked."""

from __future__ import annotations

import gzip
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from emocli import paths
from emocli.data.dataset import File
from emocli.errors import DataError

_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError)

Open = Callable[[str], IO[bytes]]


def unpack(archive: Path, files: Sequence[File], folder: Path) -> None:
    """Write those of `files` that the archive holds into `folder`, each under its own base name.

    Members are looked up by the files' names and only base names are written, so no member can
    reach outside the folder. Of several that fit, the one nearest to the top is taken.

    Raises:
        DataError: the archive is damaged, encrypted, packed in a way that Python does not know, or
            is no zip or tar archive.
        EmocliError: the folder cannot be written.
    """
    try:
        with _opened(archive) as (members, open_member):
            for file in files:
                for names in ((file.name, *file.aliases), *((name,) for name in file.companions)):
                    member = _member(members, names)
                    if member is not None:
                        _write(open_member, member, folder)
    except _DAMAGE as error:
        raise DataError(archive, None, f"the archive is damaged: {error}") from error
    except RuntimeError as error:  # encrypted, or NotImplementedError: packed in another way
        message = f"cannot be unpacked ({error}); unpack it yourself and use `emocli data add`"
        raise DataError(archive, None, message) from error


@contextmanager
def _opened(archive: Path) -> Iterator[tuple[list[str], Open]]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            yield [info.filename for info in opened.infolist() if not info.is_dir()], opened.open
    elif tarfile.is_tarfile(archive):
        with tarfile.open(archive) as tar:
            regular = {member.name: member for member in tar.getmembers() if member.isfile()}
            yield list(regular), lambda name: _stream(tar, regular[name])
    else:
        raise DataError(archive, None, "this is no zip or tar archive, or it was cut short")


def _stream(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    stream = tar.extractfile(member)
    if stream is None:
        raise tarfile.ReadError(f"{member.name} is no regular file")
    return stream


def _member(members: Sequence[str], names: Sequence[str]) -> str | None:
    """The member that fits one of the names, those with folders in them first."""
    kept = [member for member in members if not member.startswith("__MACOSX/")]
    for name in sorted(names, key=lambda name: name.count("/"), reverse=True):
        found = [member for member in kept if f"/{member}".endswith(f"/{name}")]
        if found:
            return min(found, key=lambda member: (member.count("/"), member))
    return None


def _write(open_member: Open, member: str, folder: Path) -> None:
    target = folder / member.replace("\\", "/").rpartition("/")[2]
    with open_member(member) as source, paths.writing(target), target.open("wb") as stream:
        shutil.copyfileobj(source, stream)
