"""The command line and a TOML file as one recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from emocli.cli.recipe import default_name, make_recipe
from emocli.errors import DataError, UsageError

TOML = """
method = "ft"
train = "train.csv"
dev = "dev.csv"
source = ["mood.csv", "semeval-sentiment-4a:all"]
seed = 3
epochs = 7
learning_rate = 1e-4
tune_embeddings = false
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_says_everything(tmp_path: Path) -> None:
    recipe = make_recipe({}, (), written(tmp_path, TOML))
    assert (recipe.method.name, recipe.train, recipe.dev) == ("ft", "train.csv", "dev.csv")
    assert (recipe.seed, recipe.name) == (3, "ft-train")
    assert recipe.roles == {"source": ("mood.csv", "semeval-sentiment-4a:all")}
    config: Any = recipe.config
    assert (config.epochs, config.learning_rate, config.tune_embeddings) == (7, 1e-4, False)
    assert config.batch_size == 32


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    given = {"train": "other.csv", "dev": None, "source": ("a.csv",), "teacher": (), "seed": 0}
    recipe = make_recipe(given, ("epochs=2", "min-count = 1"), written(tmp_path, TOML))
    assert (recipe.train, recipe.dev, recipe.seed) == ("other.csv", "dev.csv", 0)
    assert recipe.roles == {"source": ("a.csv",)}
    config: Any = recipe.config
    assert (config.epochs, config.min_count, config.learning_rate) == (2, 1, 1e-4)


def test_one_text_does_for_a_list(tmp_path: Path) -> None:
    text = TOML.replace('["mood.csv", "semeval-sentiment-4a:all"]', '"mood.csv"')
    assert make_recipe({}, (), written(tmp_path, text)).roles == {"source": ("mood.csv",)}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('seed = "3"', "'seed' is '3', expected a whole number."),
        ("seed = true", "'seed' is True, expected a whole number."),
        ("train = 3", "'train' is 3, expected text."),
        ("teacher = [3]", "'teacher' is [3], expected text or a list of texts."),
        ('gold_weight = "much"', "'gold_weight' is 'much', expected a number."),
        ("epochs = 1.5", "option 'epochs' is '1.5', expected a whole number"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_with_the_file(
    tmp_path: Path, line: str, message: str
) -> None:
    key = line.split(" ")[0]
    kept = "\n".join(one for one in TOML.splitlines() if not one.startswith(f"{key} "))
    path = written(tmp_path, f"{kept}\n{line}\n")
    with pytest.raises(UsageError) as caught:
        make_recipe({}, (), path)
    assert str(caught.value) == f"{path}: {message}"


def test_an_unknown_key_is_named_with_the_file_and_the_nearest_key(tmp_path: Path) -> None:
    path = written(tmp_path, f"{TOML}\nhiden_width = 3\n")
    with pytest.raises(UsageError) as caught:
        make_recipe({}, (), path)
    assert str(caught.value).startswith(
        f"{path}: unknown key 'hiden_width': did you mean 'hidden_width'? Known keys: "
        "accumulate, attention_width, base, batch_size, "
    )


def test_a_file_that_is_not_toml_is_named_with_what_is_wrong(tmp_path: Path) -> None:
    path = written(tmp_path, "epochs: 3\n")
    with pytest.raises(DataError) as caught:
        make_recipe({}, (), path)
    assert str(caught.value) == (
        f"{path}:1: this is not TOML: Expected '=' after a key in a key/value pair (column 7)"
    )


def test_a_gold_weight_beyond_1_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, f"{TOML}\ngold_weight = 1.5\n")
    with pytest.raises(UsageError) as caught:
        make_recipe({}, (), path)
    assert str(caught.value) == "the gold weight is 1.5, expected 0 to 1."


@pytest.mark.parametrize(
    ("train", "name"),
    [
        ("goemotions", "m-goemotions"),
        ("semeval-sentiment-4a:2016-train", "m-semeval-sentiment-4a"),
        ("my data/some tweets.tsv.gz", "m-some-tweets"),
        ("C:\\corpora\\tweets.csv", "m-tweets"),
        ("../v1.2.parquet", "m-v1.2"),
        ("心情.txt", "m-心情"),
        ("....csv", "m"),
    ],
)
def test_a_model_is_called_after_its_method_and_data(train: str, name: str) -> None:
    assert default_name("m", train) == name
