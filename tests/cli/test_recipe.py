"""The command line and a TOML file as one recipe."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest

from emocli.cli import emocli
from emocli.cli.recipe import Recipe, default_name, known_roles, make_recipe
from emocli.cli.train import command as train
from emocli.errors import DataError, UsageError
from emocli.plugins import registry

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


def given_to_train(path: Path, *arguments: str) -> dict[str, Any]:
    """What `emocli train --config PATH` with more arguments is given."""
    above = click.Context(emocli, info_name="emocli", **emocli.context_settings)
    return train.make_context("train", ["--config", str(path), *arguments], above).params


def recipe_of(path: Path, *arguments: str) -> Recipe:
    """Its recipe."""
    given = given_to_train(path, *arguments)
    named = {field.name for field in fields(Recipe)} - {"config"} | known_roles().keys()
    kept = {key: value for key, value in given.items() if key in named}
    return make_recipe(kept, given["options"], given["config"])


def test_a_file_says_everything(tmp_path: Path) -> None:
    recipe = recipe_of(written(tmp_path, TOML))
    assert (recipe.method.name, recipe.train, recipe.dev) == ("ft", "train.csv", "dev.csv")
    assert (recipe.seed, recipe.name) == (3, "ft-train")
    assert recipe.roles == {"source": ("mood.csv", "semeval-sentiment-4a:all")}
    config: Any = recipe.config
    assert (config.epochs, config.learning_rate, config.tune_embeddings) == (7, 1e-4, False)
    assert config.batch_size == 32


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    typed = ("--train", "other.csv", "--source", "a.csv", "--seed", "0")
    options = ("-o", "epochs=2", "-o", "min-count = 1")
    recipe = recipe_of(written(tmp_path, TOML), *typed, *options)
    assert (recipe.train, recipe.dev, recipe.seed) == ("other.csv", "dev.csv", 0)
    assert recipe.roles == {"source": ("a.csv",)}
    config: Any = recipe.config
    assert (config.epochs, config.min_count, config.learning_rate) == (2, 1, 1e-4)


def test_one_text_does_for_a_list(tmp_path: Path) -> None:
    text = TOML.replace('["mood.csv", "semeval-sentiment-4a:all"]', '"mood.csv"')
    assert recipe_of(written(tmp_path, text)).roles == {"source": ("mood.csv",)}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('seed = "3"', "'seed' is '3', expected a whole number."),
        ("seed = true", "'seed' is True, expected a whole number."),
        ("train = 3", "'train' is 3, expected text."),
        ("teacher = [3]", "'teacher' is [3], expected text or a list of texts."),
        ('gold_weight = "much"', "'gold_weight' is 'much', expected a number."),
        ("gold_weight = 1.5", "'gold_weight': 1.5 is not in the range 0<=x<=1."),
        ("max_minutes = nan", "'max_minutes': nan is not a finite number."),
        ("seed = -1", "'seed': -1 is not in the range 0<=x<=4294967295."),
        ('half = "yes"', "'half' is 'yes', expected true or false."),
        ('long = "split"', "'long': 'split' is not one of 'truncate', 'error'."),
        ("epochs = 1.5", "option 'epochs' is '1.5', expected a whole number"),
        ("embeddings = ['a.txt']", "option 'embeddings' is '['a.txt']', expected text"),
        ("metric = 2024-01-01", "option 'metric' is '2024-01-01', expected text"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_with_the_file_and_the_line(
    tmp_path: Path, line: str, message: str
) -> None:
    key = line.split(" ")[0]
    kept = "\n".join(one for one in TOML.splitlines() if not one.startswith(f"{key} "))
    path = written(tmp_path, f"{kept}\n{line}\n")
    with pytest.raises(UsageError) as caught:
        recipe_of(path)
    assert str(caught.value) == f"{path}:{len(kept.splitlines()) + 1}: {message}"


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_key(tmp_path: Path) -> None:
    path = written(tmp_path, f"{TOML}\nhiden_width = 3\n")
    with pytest.raises(UsageError) as caught:
        recipe_of(path)
    assert str(caught.value).startswith(
        f"{path}:11: unknown key 'hiden_width': did you mean 'hidden_width'? Known keys: "
        "accumulate, attention_width, base, batch_size, "
    )


def test_a_mistyped_method_is_an_unknown_key(tmp_path: Path) -> None:
    """It used to be said only that --method is missing."""
    path = written(tmp_path, TOML.replace("method", "methd"))
    with pytest.raises(UsageError) as caught:
        recipe_of(path)
    assert str(caught.value).startswith(
        f"{path}:2: unknown key 'methd': did you mean 'method'? Known keys: base, dev, device, "
    )


@pytest.mark.parametrize("key", ["resume", "replace", "config", "json", "quiet", "option"])
def test_what_says_how_one_command_runs_is_no_key(tmp_path: Path, key: str) -> None:
    path = written(tmp_path, f"{key} = true\n{TOML}")
    with pytest.raises(UsageError, match=f":1: unknown key '{key}'"):
        recipe_of(path)


def test_every_other_option_of_the_command_is_a_key(tmp_path: Path) -> None:
    """These were not: device, precision, half, long, max_minutes, seeds."""
    text = 'device = "cpu"\nprecision = "fp32"\nhalf = true\nlong = "error"\nmax_minutes = 3'
    path = written(tmp_path, f"{TOML}\n{text}\nseeds = 2\n")
    given = given_to_train(path, "--device", "mps")
    expected = {"device": "mps", "precision": "fp32", "half": True, "long": "error"}
    expected |= {"max_minutes": 3.0, "n_seeds": 2, "resume": False, "replace": False}
    assert {key: given[key] for key in expected} == expected


def test_no_method_has_an_option_that_is_a_key_of_the_command(tmp_path: Path) -> None:
    file = given_to_train(written(tmp_path, TOML))["config"]
    for method in registry().methods.values():
        assert file.keys.isdisjoint(name for name, *_ in method.config_class().described())


def test_a_file_that_is_not_toml_is_named_with_what_is_wrong(tmp_path: Path) -> None:
    path = written(tmp_path, "epochs: 3\n")
    with pytest.raises(DataError) as caught:
        recipe_of(path)
    assert str(caught.value) == (
        f"{path}:1: this is not TOML: Expected '=' after a key in a key/value pair (column 7)"
    )


@pytest.mark.parametrize("text", ["gold_weight = 0.3", "gold_weight = 0.3\nteacher = []"])
def test_a_gold_weight_without_a_teacher_had_no_effect(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, f"{TOML}\n{text}\n")
    with pytest.raises(UsageError) as caught:
        recipe_of(path)
    assert str(caught.value) == (
        "--gold-weight weighs the gold labels against a teacher's: add --teacher, or leave it out."
    )
    assert recipe_of(path, "--teacher", "datn2").gold_weight == 0.3


def test_an_option_of_the_method_given_twice_was_taken_once() -> None:
    with pytest.raises(UsageError) as caught:
        make_recipe({"method": "ft", "train": "a.csv"}, ("min-count=1", "min_count=2"), None)
    assert str(caught.value) == (
        "option 'min_count' is given twice, as '1' and '2'; leave out one."
    )


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
        ("said.json", "m-said"),
    ],
)
def test_a_model_is_called_after_its_method_and_data(train: str, name: str) -> None:
    assert default_name("m", train) == name


def test_a_threshold_that_would_have_no_effect_is_refused() -> None:
    given = {"method": "bilstm", "train": "a.csv"}
    with pytest.raises(UsageError) as caught:
        make_recipe(given, ("threshold=0.3",))
    assert str(caught.value) == (
        "option 'threshold' is the one of thresholds=fixed, and thresholds is global: add "
        "-o thresholds=fixed, or leave threshold out."
    )
    assert make_recipe(given, ("threshold=0.3", "thresholds=fixed")).config.threshold == 0.3
