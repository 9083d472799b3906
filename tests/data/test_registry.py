"""Registered copies of data sets, what is found wrong with them, and where they are looked for."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import pytest

from emocli.data import registry
from emocli.data.dataset import Dataset, Edition, File, Source, Split
from emocli.data.label_columns import read_ec, read_jigsaw_test
from emocli.data.verification import verify
from emocli.errors import EmocliError, UsageError
from emocli.reporting import Reporter

HEADER = "ID\tTweet\tanger\tjoy\n"
TRAIN = HEADER + "a\tgrr\t1\t0\nb\tyay\t0\t1\n"
DEV = HEADER + "c\thm\t0\t0\n"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


TOY = Dataset(
    name="toy",
    title="Toy: two emotions",
    task="emotion",
    language="en",
    labels=("anger", "joy"),
    exclusive=False,
    editions=(
        Edition(
            "published",
            read_ec,
            {
                "train": Split((File("train.txt", rows=2, sha256=(digest(TRAIN),)),)),
                "dev": Split((File("dev.txt", rows=1, sha256=(digest(DEV),)),)),
                "test": Split((File("test.txt", rows=9),)),
            },
        ),
    ),
    licence="none",
    terms="Use it well.",
    citation="Nobody (2020): Toy.",
    homepage="https://example.org/toy",
    folders=("toy-old",),
)
NOT_NEEDED = "not there, and not needed for training: test.txt"


class Heard(Reporter):
    """Keeps the warnings."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        self.warnings.append(text)


@pytest.fixture(autouse=True)
def _no_shared_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMOCLI_DATA", raising=False)


def copy(folder: Path, **texts: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_bytes(text.encode())
    return folder


def refusal(folder: Path, dataset: Dataset = TOY) -> str:
    with pytest.raises(EmocliError) as caught:
        registry.add(dataset, folder)
    assert registry.registered() == {}
    return str(caught.value)


def faults(folder: Path, *problems: str) -> str:
    listed = "".join(f"\n  - {problem}" for problem in problems)
    return (
        f"{folder}: this is not a whole copy of data set 'toy':{listed}\n"
        "Published at https://example.org/toy"
    )


def test_a_whole_copy_is_registered_and_found_again(tmp_path: Path, home: Path) -> None:
    folder = copy(tmp_path / "mine", train=TRAIN, dev=DEV)
    heard = Heard()
    report = registry.add(TOY, folder, heard)
    assert (report.edition, report.splits) == ("published", ("train", "dev"))
    assert [(check.name, check.rows, check.published) for check in report.checks] == [
        ("train.txt", 2, True),
        ("dev.txt", 1, True),
    ]
    assert heard.warnings == [NOT_NEEDED]
    assert registry.locate(TOY) == folder
    stored = json.loads((home / "datasets" / "registry.json").read_text(encoding="utf-8"))
    assert stored == {"format": 1, "datasets": {"toy": {"path": str(folder)}}}


def test_the_files_may_lie_deeper_and_one_of_them_may_be_given(tmp_path: Path) -> None:
    copy(tmp_path / "mine" / "English" / "E-c", train=TRAIN, dev=DEV)
    assert registry.add(TOY, tmp_path / "mine").problems == ()
    registry.add(TOY, tmp_path / "mine" / "English" / "E-c" / "dev.txt")
    assert registry.locate(TOY) == tmp_path / "mine" / "English" / "E-c"


def test_a_removed_copy_is_forgotten_and_its_files_stay(tmp_path: Path) -> None:
    folder = copy(tmp_path / "mine", train=TRAIN, dev=DEV)
    registry.add(TOY, folder)
    assert registry.remove(TOY) == folder
    assert registry.locate(TOY) is None
    assert (folder / "train.txt").exists()
    with pytest.raises(UsageError) as caught:
        registry.remove(TOY)
    assert str(caught.value) == ("no copy of data set 'toy' was made known with `emocli data add`")


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        registry.add(TOY, tmp_path / "nowhere")
    assert str(caught.value) == f"{tmp_path / 'nowhere'}: no such file or folder"


def test_a_folder_with_none_of_the_files_says_what_it_holds(tmp_path: Path) -> None:
    folder = copy(tmp_path / "mine", notes="hi")
    expected = "none of its files are there: expected train.txt, dev.txt, test.txt; "
    assert refusal(folder) == faults(folder, f"{expected}it holds notes.txt")
    empty = copy(tmp_path / "empty")
    assert refusal(empty) == faults(empty, f"{expected}it is empty")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = copy(tmp_path / "mine", train=TRAIN)
    assert refusal(folder) == faults(folder, "missing: dev.txt")


def test_a_truncated_file_is_told_by_its_rows(tmp_path: Path) -> None:
    folder = copy(tmp_path / "mine", train=HEADER + "a\tgrr\t1\t0\n", dev=DEV)
    assert refusal(folder) == faults(
        folder, "train.txt: 1 row, the published one has 2: it was cut short"
    )


def test_every_fault_is_listed(tmp_path: Path) -> None:
    folder = copy(tmp_path / "mine", train=HEADER + "a\tgrr\t1\n", dev="<html>Not found</html>")
    assert refusal(folder) == faults(
        folder,
        f"{folder / 'train.txt'}:2: the row has 3 cells, the header has 4",
        f"{folder / 'dev.txt'}: this is a web page, not data; "
        "save the file itself, not the page that shows it",
    )


def test_a_file_under_another_files_name_is_told(tmp_path: Path) -> None:
    folder = copy(tmp_path / "mine", train=TRAIN, dev=TRAIN)
    assert refusal(folder) == faults(
        folder, "dev.txt: this is the published train.txt under another name"
    )


def test_other_bytes_with_as_many_rows_are_a_warning(tmp_path: Path) -> None:
    folder = copy(tmp_path / "mine", train=TRAIN.replace("yay", "hey"), dev=DEV)
    report = registry.add(TOY, folder)
    assert report.warnings == (
        "train.txt: 2 rows, but not byte for byte the file on record",
        NOT_NEEDED,
    )
    assert [check.published for check in report.checks] == [False, True]


def test_more_rows_than_published_are_a_warning(tmp_path: Path) -> None:
    folder = copy(tmp_path / "mine", train=TRAIN + "c\tho\t0\t0\n", dev=DEV)
    assert registry.add(TOY, folder).warnings[0] == "train.txt: 3 rows, the published one has 2"


def test_a_file_whose_published_size_is_not_known_is_taken_as_it_is(tmp_path: Path) -> None:
    edition = Edition("published", read_ec, {"train": Split((File("train.txt"),))})
    found = verify(
        dataclasses.replace(TOY, editions=(edition,)), copy(tmp_path / "mine", train=TRAIN)
    )
    assert (found.problems, found.warnings) == ((), ())
    assert [(check.rows, check.published) for check in found.checks] == [(2, None)]


def test_the_number_of_documents_of_a_corpus_is_checked(tmp_path: Path) -> None:
    documents = Split((File("*.txt", count=3),))
    corpus = dataclasses.replace(
        TOY, editions=(Edition("published", read_ec, {"train": documents}),)
    )
    folder = copy(tmp_path / "mine", one=TRAIN, two=DEV)
    assert verify(corpus, folder).problems == (
        "*.txt: 2 documents, the published one has 3: it was cut short",
    )
    copy(folder, three=DEV)
    assert verify(corpus, folder).problems == ()


def test_a_missing_companion_is_a_problem(tmp_path: Path) -> None:
    file = File("test.csv", companions=("test_labels.csv",))
    pair = Edition("published", read_jigsaw_test, {"train": Split((file,))})
    (tmp_path / "test.csv").write_text("id,comment_text\na,hi\n", encoding="utf-8")
    problems = verify(dataclasses.replace(TOY, editions=(pair,)), tmp_path).problems
    assert len(problems) == 1
    assert problems[0].startswith(f"{tmp_path / 'test_labels.csv'}: no such file")


def test_places_are_searched_in_order(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert registry.locate(TOY) is None
    downloaded = copy(home / "datasets" / "toy", train=TRAIN, dev=DEV)
    assert registry.locate(TOY) == downloaded
    shared = copy(tmp_path / "shared" / "toy-old", train=TRAIN, dev=DEV)
    monkeypatch.setenv("EMOCLI_DATA", str(tmp_path / "shared"))
    assert registry.locate(TOY) == shared
    mine = copy(tmp_path / "mine", train=TRAIN, dev=DEV)
    registry.add(TOY, mine)
    assert registry.locate(TOY) == mine


def test_a_data_set_that_comes_with_its_package_is_read_from_there_alone(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.add(TOY, copy(tmp_path / "mine", train=TRAIN, dev=DEV))
    copy(tmp_path / "shared" / "toy", train=TRAIN, dev=DEV)
    monkeypatch.setenv("EMOCLI_DATA", str(tmp_path / "shared"))
    package = copy(tmp_path / "package", train=TRAIN, dev=DEV)
    along = dataclasses.replace(TOY, bundled=package, how="it comes with toys")
    assert registry.locate(along) == package
    with pytest.raises(UsageError) as caught:
        registry.add(along, tmp_path / "mine")
    assert str(caught.value) == (
        f"data set 'toy' is always read from {package}: it comes with toys, "
        "and no other copy takes its place"
    )


def test_a_data_set_that_shares_a_folder_is_found_there(tmp_path: Path) -> None:
    registry.add(TOY, copy(tmp_path / "mine", train=TRAIN, dev=DEV))
    twin = dataclasses.replace(TOY, name="toy-sentiment", folders=("toy",))
    assert registry.locate(twin) == tmp_path / "mine"


def test_a_registered_folder_that_has_gone_says_what_to_do(tmp_path: Path) -> None:
    folder = copy(tmp_path / "mine", train=TRAIN, dev=DEV)
    registry.add(TOY, folder)
    folder.rename(tmp_path / "moved")
    with pytest.raises(EmocliError) as caught:
        registry.locate(TOY)
    assert str(caught.value) == (
        f"{folder}: the registered folder of data set 'toy' is no longer there; "
        "run: emocli data add toy FOLDER"
    )


@pytest.mark.parametrize("content", ["{", "[]", '{"datasets": {"toy": 1}}'])
def test_a_damaged_register_says_what_to_do(home: Path, content: str) -> None:
    register = home / "datasets" / "registry.json"
    register.parent.mkdir()
    register.write_text(content, encoding="utf-8")
    with pytest.raises(EmocliError) as caught:
        registry.locate(TOY)
    assert str(caught.value) == (
        f"{register}: the register of data sets cannot be read; delete it and run "
        "`emocli data add` again for each"
    )


def test_the_terms_are_told_in_full() -> None:
    assert registry.terms(TOY) == (
        "Toy: two emotions\nLicence: none\nTerms: Use it well.\nCite: Nobody (2020): Toy.\n"
        "Published at: https://example.org/toy"
    )


def test_a_data_set_with_an_address_says_how_to_fetch_it() -> None:
    file = File("train.txt", source=Source("https://example.org/train.txt"))
    edition = Edition("published", read_ec, {"train": Split((file,))})
    assert registry.where_to_get(dataclasses.replace(TOY, editions=(edition,))) == (
        "data set 'toy' is not on this machine (Toy: two emotions). Terms: Use it well. Get it "
        "with: emocli data download toy. If you have it already: emocli data add toy FOLDER"
    )
