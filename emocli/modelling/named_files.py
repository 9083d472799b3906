"""What stands behind the names in options: word vectors, groups of labels, folders of encoders."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from emocli.data.text_files import hash_of
from emocli.methods import Config
from emocli.modelling.embeddings import ENCODER
from emocli.modelling.encoders import find_encoder
from emocli.paths import path_of


def checksums(config: Config) -> dict[str, str]:
    """The SHA-256 of each option's value that is a file or an encoder's folder here, by option."""
    found: dict[str, str] = {}
    for option, kind, *_ in config.described():
        value = getattr(config, option)
        if kind == "str" and value:
            with suppress(OSError):  # a text may be longer than the name of any file
                content = _content(path_of(find_encoder(value.removeprefix(ENCODER))))
                found |= {option: content} if content else {}
    return found


def _content(place: Path) -> str:
    """The SHA-256 of a file, or of the files in a folder and their names; "" of anything else."""
    if place.is_file():
        return hash_of(place)
    if not place.is_dir():
        return ""
    files = sorted(path for path in place.iterdir() if path.is_file())
    told = "".join(f"{path.name}\0{hash_of(path)}\0" for path in files)
    return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()
