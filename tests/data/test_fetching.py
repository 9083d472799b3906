"""One file over HTTP: resumed, verified, and refused in plain words."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from emocli.data.fetching import fetch
from emocli.errors import EmocliError

LARGE = bytes(range(256)) * 2000


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def begun(folder: Path, content: bytes, version: str = "one") -> None:
    """Leave what an interrupted fetch would."""
    (folder / "large.partial").write_bytes(content)
    mark = f'{{"validator": "\\"{version}\\""}}'
    (folder / "large.partial.json").write_text(mark, encoding="utf-8")


def test_a_connection_that_breaks_off_is_gone_on_with(server: Any, tmp_path: Path) -> None:
    server.files = {"large": LARGE}
    server.breaks_after = 200_000
    fetch(server.address("large"), tmp_path / "large", digest(LARGE))
    assert (tmp_path / "large").read_bytes() == LARGE
    ranges = [asked for _, asked in server.requests]
    assert ranges == [None, "bytes=200000-", "bytes=400000-"]
    assert [path.name for path in tmp_path.iterdir()] == ["large"]


def test_an_interrupted_fetch_is_resumed_by_the_next_run(server: Any, tmp_path: Path) -> None:
    server.files = {"large": LARGE}
    partial, mark = tmp_path / "large.partial", tmp_path / "large.partial.json"
    partial.write_bytes(LARGE[:300_000])
    mark.write_text('{"validator": "\\"one\\""}', encoding="utf-8")
    fetch(server.address("large"), tmp_path / "large", digest(LARGE))
    assert (tmp_path / "large").read_bytes() == LARGE
    assert server.requests == [("/large", "bytes=300000-")]


def test_a_connection_that_brings_nothing_more_keeps_what_came(server: Any, tmp_path: Path) -> None:
    server.files = {"large": LARGE}
    server.breaks_after, server.knows_ranges = 1_000, False
    with pytest.raises(EmocliError) as caught:
        fetch(server.address("large"), tmp_path / "large", digest(LARGE))
    assert str(caught.value) == (
        f"{server.address('large')}: the connection broke off after 1,000 of 512,000 bytes; "
        "run the command again to go on from there"
    )
    assert (tmp_path / "large.partial").read_bytes() == LARGE[:1_000]


def test_a_server_that_knows_no_ranges_is_asked_for_the_whole(server: Any, tmp_path: Path) -> None:
    server.files, server.knows_ranges = {"large": LARGE}, False
    begun(tmp_path, LARGE[:300_000])
    fetch(server.address("large"), tmp_path / "large", digest(LARGE))
    assert (tmp_path / "large").read_bytes() == LARGE


def test_two_versions_of_a_file_are_never_joined(server: Any, tmp_path: Path) -> None:
    server.files, server.etag = {"large": LARGE}, '"two"'
    begun(tmp_path, b"old" * 1_000)
    fetch(server.address("large"), tmp_path / "large")
    assert (tmp_path / "large").read_bytes() == LARGE


def test_a_part_of_unknown_version_is_fetched_anew(server: Any, tmp_path: Path) -> None:
    server.files, server.etag = {"large": LARGE}, ""
    (tmp_path / "large.partial").write_bytes(b"old" * 1_000)
    fetch(server.address("large"), tmp_path / "large")
    assert (tmp_path / "large").read_bytes() == LARGE
    assert server.requests == [("/large", None)]


def test_a_part_that_is_spoilt_is_fetched_anew_once(server: Any, tmp_path: Path) -> None:
    server.files = {"large": LARGE}
    begun(tmp_path, b"x" * 300_000)
    fetch(server.address("large"), tmp_path / "large", digest(LARGE))
    assert (tmp_path / "large").read_bytes() == LARGE
    assert [asked for _, asked in server.requests] == ["bytes=300000-", None]


def test_a_part_that_is_already_whole_is_taken(server: Any, tmp_path: Path) -> None:
    server.files = {"large": LARGE}
    begun(tmp_path, LARGE)
    fetch(server.address("large"), tmp_path / "large", digest(LARGE))
    assert (tmp_path / "large").read_bytes() == LARGE


def test_only_http_addresses_are_fetched(tmp_path: Path) -> None:
    with pytest.raises(EmocliError) as caught:
        fetch("file:///etc/hosts", tmp_path / "hosts")
    assert str(caught.value) == "file:///etc/hosts: only http and https addresses are fetched"
