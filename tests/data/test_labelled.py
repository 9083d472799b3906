"""Labelled data by name, by split and by file, in every layout."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from emocli.data.dataset import Dataset, Edition, File, Split
from emocli.data.examples import Example, LabelledData
from emocli.data.label_columns import read_ec
from emocli.data.labelled import read_labelled
from emocli.data.single_label import by_hash, distinct
from emocli.errors import EmocliError

EC_HEADER = "ID\tTweet\tanger\tjoy\n"
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
                "train": Split((File("one.txt"), File("two.txt"))),
                "dev": Split((File("dev.txt", sha256=("0" * 64,), aliases=("val/d.txt",)),)),
            },
        ),
        Edition("sample", read_ec, {"train": Split((File("few.txt"),), note="a tenth of it")}),
    ),
    licence="none",
    terms="Use it well.",
    citation="Nobody (2020): Toy.",
    homepage="https://example.org/toy",
    how="ask for it",
    folders=("toy-old",),
)


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOCLI_DATA", str(tmp_path / "data"))


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return path


def read_toy(spec: str, **options: object) -> LabelledData:
    return read_labelled(spec, datasets={"toy": TOY}, **options)  # type: ignore[arg-type]


def refusal(spec: object, **options: object) -> str:
    with pytest.raises(EmocliError) as caught:
        read_toy(str(spec), **options)
    return str(caught.value)


def test_a_split_of_several_files_is_read_in_their_order(tmp_path: Path) -> None:
    first = write(tmp_path / "data/toy/one.txt", EC_HEADER + "a\tgrr\t1\t0\n")
    second = write(tmp_path / "data/toy/two.txt", EC_HEADER + "b\tyay\t0\t1\n")
    found = read_toy("toy")
    assert found.examples == (Example("a", "grr", ("anger",)), Example("b", "yay", ("joy",)))
    assert (found.name, found.labels, found.exclusive) == ("toy:train", ("anger", "joy"), False)
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (first, second)]
    assert found.checksum == hashlib.sha256("".join(digests).encode()).hexdigest()
    assert found.notes == ()


def test_parts_of_one_file_had_one_checksum(tmp_path: Path) -> None:
    """A model of one part was said to know the others."""
    rows = "".join(f"{number}\thm\t1\t0\n" for number in range(20))
    whole = hashlib.sha256(write(tmp_path / "data/toy/x.txt", EC_HEADER + rows).read_bytes())
    file = (File("x.txt"),)
    first, rest = Split(file, choose=by_hash(0, 5)), Split(file, choose=by_hash(5, 10))
    splits = {"train": first, "dev": rest, "all": Split(file)}
    toy = replace(TOY, editions=(Edition("published", read_ec, splits),))
    train, dev, every = (read_labelled(f"toy:{name}", datasets={"toy": toy}) for name in splits)
    assert len({train.checksum, dev.checksum, every.checksum}) == 3
    assert every.checksum == train.part_of == dev.part_of == whole.hexdigest()
    assert every.part_of == ""


def test_a_choice_from_files_that_are_no_other_splits_has_the_files_checksum(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "data/toy/x.txt", EC_HEADER + "a\thm\t1\t0\n" * 2)
    edition = Edition("published", read_ec, {"all": Split((File("x.txt"),), choose=distinct)})
    toy = replace(TOY, editions=(edition,))
    found = read_labelled("toy:all", datasets={"toy": toy})
    assert len(found.examples) == 1
    assert found.checksum == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_role_chooses_the_split_and_an_explicit_split_wins(tmp_path: Path) -> None:
    write(tmp_path / "data/toy/deep/val/d.txt", EC_HEADER + "d\tdev\t0\t1\n")
    by_role, by_name = read_toy("toy", role="dev"), read_toy("toy:dev", role="train")
    assert by_role == by_name
    assert by_role.notes == ("d.txt is not byte for byte the file on record",)


def test_another_folder_name_and_another_edition_are_found(tmp_path: Path) -> None:
    write(tmp_path / "data/toy-old/few.txt", EC_HEADER + "a\tgrr\t1\t0\n")
    assert read_toy("toy").notes == ("read from the edition 'sample'", "a tenth of it")


def test_a_data_set_that_is_not_here_says_how_to_get_it() -> None:
    assert refusal("toy") == (
        "data set 'toy' is not on this machine (Toy: two emotions). Terms: Use it well. To get it, "
        "ask for it (https://example.org/toy). Then: emocli data add toy FOLDER"
    )


def test_a_split_whose_files_are_not_here_names_them(tmp_path: Path) -> None:
    write(tmp_path / "data/toy/one.txt", EC_HEADER + "a\tgrr\t1\t0\n")
    assert refusal("toy:dev") == (
        f"{tmp_path / 'data' / 'toy'}: data set 'toy' lacks dev.txt or val/d.txt, "
        "which its split 'dev' is read from"
    )


def test_a_label_outside_those_wanted_names_the_nearest(tmp_path: Path) -> None:
    write(tmp_path / "data/toy/few.txt", EC_HEADER + "a\tgrr\t1\t0\n")
    assert refusal("toy", labels=("angry", "glad")) == (
        "toy:train: label 'anger' is not one of the labels; did you mean 'angry'? "
        "Labels: angry, glad."
    )


def test_an_unknown_name_names_the_nearest() -> None:
    assert refusal("tof") == (
        "unknown data set 'tof': did you mean 'toy'? Known data sets: toy. "
        "A file is given by its path."
    )


def test_an_unknown_split_names_the_nearest() -> None:
    assert refusal("toy:trane") == (
        "data set 'toy' has no split 'trane': did you mean 'train'? Splits: train, dev."
    )


@pytest.mark.parametrize("name", ["missing.csv", "./toys"])
def test_what_looks_like_a_path_and_is_not_there_is_a_missing_file(name: str) -> None:
    assert "no such file" in refusal(name)


def test_a_directory_is_refused_with_what_to_do(tmp_path: Path) -> None:
    assert refusal(tmp_path) == (
        f"{tmp_path}: this is a directory, expected a file or the name of a data set; a data set "
        "in a folder of yours is made known with: emocli data add NAME FOLDER"
    )


def test_a_file_is_taken_before_a_data_set_of_the_same_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "toy", "text\tlabel\nhi\tjoy\n")
    monkeypatch.chdir(tmp_path)
    assert read_toy("toy").examples == (Example("1", "hi", ("joy",)),)
