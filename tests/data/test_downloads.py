"""Downloads from a server on this machine: resumed, verified, unpacked, and refused plainly."""

from __future__ import annotations

import hashlib
import io
import socket
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emocli.data.dataset import Dataset, Edition, File, Source, Split
from emocli.data.downloads import download
from emocli.data.label_columns import read_ec
from emocli.errors import EmocliError, UsageError

TRAIN = b"ID\tTweet\tjoy\na\tyay\t1\n"
DEV = b"ID\tTweet\tjoy\nb\thm\t0\n"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def toy(train: Source | None, dev: Source | None) -> Dataset:
    files = {"train": File("train.txt", 1, source=train), "dev": File("dev.txt", 1, source=dev)}
    splits = {name: Split((file,)) for name, file in files.items()}
    return Dataset(
        name="toy",
        title="Toy: one emotion",
        task="emotion",
        language="en",
        labels=("joy",),
        exclusive=False,
        editions=(Edition("published", read_ec, splits),),
        licence="none",
        terms="Use it well.",
        citation="Nobody (2020): Toy.",
        homepage="https://example.org/toy",
        how="write to nobody",
    )


def refusal(dataset: Dataset) -> str:
    with pytest.raises(EmocliError) as caught:
        download(dataset, accept_terms=True)
    return str(caught.value)


OTHER_WAY = (
    "The data set is published at https://example.org/toy; a copy of it is made known with: "
    "emocli data add toy FOLDER"
)


def test_single_files_are_fetched_verified_and_put_in_place(server: Any, home: Path) -> None:
    server.files = {"a/train.txt": TRAIN, "dev": DEV}
    dataset = toy(
        Source(server.address("a/train.txt"), digest(TRAIN)),
        Source(server.address("dev"), digest(DEV)),
    )
    report = download(dataset, accept_terms=True)
    folder = home / "datasets" / "toy"
    assert (report.folder, report.problems) == (folder, ())
    assert [check.path for check in report.checks] == [folder / "train.txt", folder / "dev.txt"]
    assert (folder / "train.txt").read_bytes() == TRAIN
    assert sorted(path.name for path in folder.parent.iterdir()) == ["toy"]


def test_a_download_takes_the_place_of_an_earlier_one(server: Any, home: Path) -> None:
    server.files = {"train.txt": TRAIN, "dev.txt": DEV}
    dataset = toy(Source(server.address("train.txt")), Source(server.address("dev.txt")))
    download(dataset, accept_terms=True)
    server.files["dev.txt"] = DEV.replace(b"hm", b"ha")
    download(dataset, accept_terms=True)
    assert (home / "datasets" / "toy" / "dev.txt").read_bytes() == DEV.replace(b"hm", b"ha")


def test_an_archive_is_fetched_once_and_only_the_files_wanted_leave_it(
    server: Any, home: Path
) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("all/train.txt", TRAIN)
        archive.writestr("__MACOSX/train.txt", b"junk")
        archive.writestr("all/en/dev.txt", DEV)
        archive.writestr("all/README", b"read me")
        archive.writestr("../../escaped.txt", b"bad")
    server.files = {"all.zip": held.getvalue()}
    source = Source(server.address("all.zip"), digest(held.getvalue()), archive=True)
    download(toy(source, source), accept_terms=True)
    found = sorted((home / "datasets" / "toy").rglob("*"))
    assert [path.name for path in found] == ["dev.txt", "train.txt"]
    assert (home / "datasets" / "toy" / "train.txt").read_bytes() == TRAIN
    assert [path for path, _ in server.requests] == ["/all.zip"]


def test_without_consent_the_terms_are_shown_and_nothing_is_fetched(server: Any) -> None:
    with pytest.raises(UsageError) as caught:
        download(toy(Source(server.address("train.txt")), None))
    assert str(caught.value) == (
        "data set 'toy' is fetched only when its terms are accepted.\nToy: one emotion\n"
        "Licence: none\nTerms: Use it well.\nCite: Nobody (2020): Toy.\n"
        "Published at: https://example.org/toy"
    )
    assert server.requests == []


def test_a_data_set_that_comes_with_its_package_needs_no_download(tmp_path: Path) -> None:
    along = replace(toy(None, None), bundled=tmp_path, how="it comes with toys")
    assert refusal(along) == (
        f"data set 'toy' needs no download: it comes with toys, in {tmp_path}"
    )


def test_a_data_set_without_an_address_says_what_to_do_instead() -> None:
    assert refusal(toy(None, None)) == (
        "data set 'toy' cannot be fetched by a program; write to nobody (https://example.org/toy). "
        "Then: emocli data add toy FOLDER"
    )


def test_another_checksum_is_an_error_and_nothing_is_kept(server: Any, home: Path) -> None:
    server.files = {"train.txt": TRAIN}
    address = server.address("train.txt")
    assert refusal(toy(Source(address, "0" * 64), None)) == (
        f"{address}: this is not the published file: its SHA-256 is {digest(TRAIN)}, expected "
        f"{'0' * 64}; it was damaged on its way, or the publisher has changed it. {OTHER_WAY}"
    )
    assert [path for path in (home / "datasets").rglob("*") if path.is_file()] == []


def test_a_file_that_is_not_there_says_so(server: Any) -> None:
    address = server.address("gone.zip")
    assert refusal(toy(Source(address), None)) == (
        f"{address}: not found; the publisher may have moved it (HTTP 404). {OTHER_WAY}"
    )


def test_a_web_page_in_the_place_of_the_file_says_so(server: Any) -> None:
    server.files = {"train.txt": b"<!DOCTYPE html><html>Sign in</html>"}
    address = server.address("train.txt")
    assert refusal(toy(Source(address, digest(TRAIN)), None)) == (
        f"{address}: the server answered with a web page in place of the file; "
        f"open the address in a browser to see what it asks for. {OTHER_WAY}"
    )


def test_no_connection_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{unused.getsockname()[1]}"
    message = refusal(toy(Source(f"http://{host}/train.txt"), None))
    assert message.startswith(f"http://{host}/train.txt: no connection to {host} (")
    assert message.endswith(f"); check the network and the proxy settings. {OTHER_WAY}")


def test_what_came_whole_before_a_failure_is_not_fetched_again(server: Any) -> None:
    server.files = {"train.txt": TRAIN}
    dataset = toy(Source(server.address("train.txt")), Source(server.address("dev.txt")))
    assert "dev.txt: not found" in refusal(dataset)
    server.files["dev.txt"] = DEV
    assert download(dataset, accept_terms=True).problems == ()
    assert [path for path, _ in server.requests] == ["/train.txt", "/dev.txt", "/dev.txt"]


def test_a_fetched_file_that_is_cut_short_is_not_put_in_place(server: Any, home: Path) -> None:
    server.files = {"train.txt": TRAIN, "dev.txt": b"ID\tTweet\tjoy\n"}
    dataset = toy(Source(server.address("train.txt")), Source(server.address("dev.txt")))
    assert refusal(dataset) == (
        "what was fetched is not the data set:\n"
        f"  - dev.txt: 0 rows, the published one has 1: it was cut short\n{OTHER_WAY}"
    )
    assert list((home / "datasets").iterdir()) == []


def test_the_name_a_file_is_saved_under_can_differ_from_the_first_choice(
    server: Any, home: Path
) -> None:
    server.files = {"x": TRAIN, "y": DEV}
    dataset = toy(Source(server.address("x"), saved_as="train-1.txt"), Source(server.address("y")))
    edition = dataset.editions[0]
    train = replace(edition.splits["train"].files[0], aliases=("train-1.txt",))
    splits = {**edition.splits, "train": Split((train,))}
    dataset = replace(dataset, editions=(replace(edition, splits=splits),))
    download(dataset, accept_terms=True)
    names = sorted(path.name for path in (home / "datasets" / "toy").iterdir())
    assert names == ["dev.txt", "train-1.txt"]
