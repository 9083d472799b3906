"""What a recipe's names are read as."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emocli.cli.materials import Materials, fingerprint, read_materials
from emocli.cli.recipe import Recipe, make_recipe
from emocli.errors import EmocliError, UsageError
from emocli.reporting import Reporter


class Heard(Reporter):
    """Remembers the warnings."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        self.warnings.append(text)


def recipe_of(**given: object) -> Recipe:
    return make_recipe({"method": "bilstm", "train": "train.csv", **given}, (), None)


def test_dev_texts_that_are_the_training_texts_are_warned_of(labelled: Path) -> None:
    heard = Heard()
    read_materials(recipe_of(dev="train.csv"), heard)
    assert heard.warnings == [
        "train.csv holds the texts of train.csv: the dev scores will say nothing about other texts"
    ]


def test_a_dev_text_with_two_labels_does_not_fit_exclusive_training_data(labelled: Path) -> None:
    (labelled / "two.csv").write_text(
        'text,label\nhm,positive\nah,"positive,negative"\n', encoding="utf-8"
    )
    with pytest.raises(UsageError) as caught:
        read_materials(recipe_of(train="mood.csv", dev="two.csv"), Heard())
    assert str(caught.value) == (
        "two.csv:3: text '2' has 2 labels; every text of mood.csv has exactly one."
    )


def test_a_missing_file_is_named_whether_it_is_train_or_dev(labelled: Path) -> None:
    for given in ({"train": "none.csv"}, {"dev": "none.csv"}):
        with pytest.raises(UsageError, match=r"^none\.csv: "):
            read_materials(recipe_of(**given), Heard())


def test_a_column_of_the_labelled_texts_was_asked_of_unlabelled_lines_too(labelled: Path) -> None:
    (labelled / "said.csv").write_text("said,labels\nhm,joy\nah,anger\n", encoding="utf-8")
    (labelled / "more.csv").write_text("id,said,note\n1,so angry,x\n", encoding="utf-8")
    (labelled / "more.txt").write_text("what a day\n", encoding="utf-8")
    recipe = recipe_of(
        train="said.csv",
        dev="said.csv",
        text_column="said",
        teacher=("datn2",),
        unlabelled=("more.csv", "more.txt"),
    )
    assert read_materials(recipe, Heard()).unlabelled == ("so angry", "what a day")


def test_unlabelled_texts_under_a_tilde_were_not_found(labelled: Path, tilde: Path) -> None:
    (tilde / "more.txt").write_text("what a day\n", encoding="utf-8")
    recipe = recipe_of(dev="dev.csv", teacher=("datn2",), unlabelled=("~/more.txt",))
    assert read_materials(recipe, Heard()).unlabelled == ("what a day",)


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_a_file_without_texts_for_the_teachers_is_refused(labelled: Path, content: str) -> None:
    (labelled / "more.txt").write_text(content, encoding="utf-8")
    recipe = recipe_of(dev="dev.csv", teacher=("datn2",), unlabelled=("more.txt",))
    with pytest.raises(EmocliError, match=r"^more\.txt: "):
        read_materials(recipe, Heard())


def test_a_fingerprint_changes_with_what_is_learnt_from_and_with_nothing_else(
    labelled: Path, tiny_model: Path
) -> None:
    recipe = recipe_of(dev="dev.csv", seed=1)
    materials = read_materials(recipe, Heard())
    known = fingerprint(recipe, materials, "fp32")
    (labelled / "copy.csv").write_bytes((labelled / "train.csv").read_bytes())
    moved = replace(recipe, train="copy.csv", name="other")
    assert fingerprint(moved, read_materials(moved, Heard()), "fp32") == known

    def changed(recipe: Recipe, materials: Materials, precision: str = "fp32") -> list[str]:
        other = fingerprint(recipe, materials, precision)
        return [key for key in known if known[key] != other[key]]

    assert changed(replace(recipe, seed=2), materials) == ["seed"]
    assert changed(recipe, materials, "bf16") == ["precision"]
    assert changed(recipe, replace(materials, unlabelled=("a",))) == ["unlabelled texts"]
    assert changed(recipe, replace(materials, dev=materials.train)) == ["dev data"]
    assert changed(replace(recipe, base=(str(tiny_model),)), materials) == ["bases"]
    assert changed(replace(recipe, teacher=(str(tiny_model),)), materials) == ["teachers"]


def test_a_fingerprint_changes_with_the_file_that_an_option_names(labelled: Path) -> None:
    vectors = labelled / "vectors.txt"
    recipe = make_recipe(
        {"method": "bilstm", "train": "train.csv", "dev": "dev.csv"}, ["embeddings=vectors.txt"]
    )

    def told(content: str) -> object:
        vectors.write_text(content, encoding="utf-8")
        return fingerprint(recipe, read_materials(recipe, Heard()), "fp32")

    assert told("so 1 2\n") == told("so 1 2\n") != told("so 1 3\n")
