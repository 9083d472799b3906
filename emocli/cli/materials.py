"""The texts that a recipe asks for, and what tells one training from another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from emocli import datasets, models
from emocli.cli.recipe import Recipe
from emocli.data.dataset import Role
from emocli.data.examples import LabelledData, check_exclusive, join
from emocli.data.labelled import dev_of, read_labelled
from emocli.data.records import ReadOptions, format_of, read_records
from emocli.errors import EmocliError
from emocli.methods import Config
from emocli.paths import path_of
from emocli.reporting import Reporter


@dataclass(frozen=True)
class Materials:
    """What a training reads.

    Attributes:
        roles: the data of the method's other roles, several sets of one role made one.
        terms: of each catalogued data set among them, by its name.
    """

    train: LabelledData
    dev: LabelledData
    roles: Mapping[str, LabelledData]
    unlabelled: tuple[str, ...]
    terms: Mapping[str, str]


def read_materials(recipe: Recipe, reporter: Reporter) -> Materials:
    """Read everything that a recipe names; the readers' notes are told.

    Raises:
        UsageError: no dev data, an unknown name, or label sets that do not fit together.
        EmocliError: a file or data set cannot be read.
    """
    dev_name = _dev_name(recipe)
    every = (recipe.train, dev_name, *recipe.unlabelled, *_of_roles(recipe))
    datasets.refuse_columns(every, text_column=recipe.text_column, label_column=recipe.label_column)
    train = _read(recipe, recipe.train, "train", reporter)
    dev = _read(recipe, dev_name, "dev", reporter, train.labels)
    _check_dev(train, dev, reporter)
    roles = {
        role: join([_read(recipe, name, "source", reporter) for name in names])
        for role, names in (recipe.roles or {}).items()
    }
    return Materials(train, dev, roles, _unlabelled(recipe, reporter), _terms(every))


def fingerprint(recipe: Recipe, materials: Materials, precision: str) -> dict[str, Any]:
    """What must be equal for an unfinished training to be gone on with; plain JSON values."""
    from emocli.modelling.named_files import checksums

    parts = {"train": materials.train, "dev": materials.dev, **materials.roles}
    config = _settled(recipe, materials)
    return {
        "method": recipe.method.name,
        **{f"option {name}": value for name, value in asdict(config).items()},
        **{f"file of {name}": sha256 for name, sha256 in checksums(config).items()},
        "seed": recipe.seed,
        "precision": precision,
        **{f"{role} data": _digest(_content(data)) for role, data in parts.items()},
        "bases": [_weights(models.find(name)) for name in recipe.base],
        "teachers": [_weights(models.find(name)) for name in recipe.teacher],
        "unlabelled texts": _digest(materials.unlabelled),
        "gold weight": recipe.gold_weight,
    }


def _read(
    recipe: Recipe,
    spec: str,
    role: Role,
    reporter: Reporter,
    labels: tuple[str, ...] | None = None,
) -> LabelledData:
    datasets.named_by(spec)
    data = read_labelled(
        spec,
        role=role,
        labels=labels,
        text_column=recipe.text_column,
        label_column=recipe.label_column,
        datasets=datasets.known(),
    )
    for note in data.notes:
        reporter.say(f"{data.name}: {note}")
    return data


def _dev_name(recipe: Recipe) -> str:
    if recipe.dev is not None:
        return recipe.dev
    datasets.named_by(recipe.train)  # a name that several plugins declare is refused
    return dev_of(recipe.train, datasets.known(), "Add --dev with a file of other texts.")


def _check_dev(train: LabelledData, dev: LabelledData, reporter: Reporter) -> None:
    check_exclusive(dev, train)
    if _content(train) == _content(dev):
        reporter.warn(
            f"{dev.name} holds the texts of {train.name}: the dev scores will say nothing "
            "about other texts"
        )


def _of_roles(recipe: Recipe) -> Iterator[str]:
    for names in (recipe.roles or {}).values():
        yield from names


def _unlabelled(recipe: Recipe, reporter: Reporter) -> tuple[str, ...]:
    texts: list[str] = []
    for spec in recipe.unlabelled:
        more = [text for text in _texts(recipe, spec, reporter) if text.strip()]
        if not more:
            raise EmocliError(f"{spec}: holds no texts for the teachers to label.")
        texts += more
    return tuple(texts)


def _texts(recipe: Recipe, spec: str, reporter: Reporter) -> Iterator[str]:
    if datasets.named_by(spec) is not None:
        data = _read(recipe, spec, "train", reporter)
        yield from (example.text for example in data.examples)
        return
    path = path_of(spec)
    has_columns = format_of(path)[0] != "text"
    options = ReadOptions(text_column=recipe.text_column if has_columns else None)
    yield from (record.text for record in read_records([path], options=options))


def _settled(recipe: Recipe, materials: Materials) -> Config:
    from emocli.modelling.labels import Labels

    labels = Labels(materials.train.labels, materials.train.exclusive)
    settled: Config = recipe.method.model_class().settle(recipe.config, labels)
    return settled


def _weights(folder: Path) -> list[str]:
    """The checksum of a model's weights, and of those that it builds upon."""
    told = models.describe(folder)
    upon = [digest for name in told.get("bases", []) for digest in _weights(folder / name)]
    return [told["weights"]["sha256"], *upon]


def _terms(names: Sequence[str]) -> dict[str, str]:
    found = [datasets.named_by(name) for name in names]
    return {one.name: f"{one.licence}. {one.terms}" for one in found if one is not None}


def _content(data: LabelledData) -> list[Any]:
    return [data.labels, [(example.text, example.labels) for example in data.examples]]


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode("ascii")).hexdigest()
