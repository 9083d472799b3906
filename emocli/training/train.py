"""Train a method on labelled data, from examples to a model with thresholds."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import torch

from emocli.data.examples import LabelledData, check_exclusive
from emocli.errors import EmocliError, UsageError
from emocli.evaluation.metrics import find_metric
from emocli.evaluation.scores import score as score_labels
from emocli.inference.devices import peak_memory
from emocli.methods import Config, Method
from emocli.modelling.batches import Item
from emocli.modelling.labels import Labels
from emocli.modelling.model import Model
from emocli.modelling.reader import LongTextError, Reader
from emocli.modelling.trained import Trained, about_model
from emocli.reporting import SILENT, Reporter
from emocli.training.distillation import Lesson
from emocli.training.run import Run
from emocli.training.settings import Settings


@dataclass(frozen=True)
class TrainingData:
    """What a training learns from.

    Attributes:
        roles: the data of the method's other roles, such as `source`.
        bases: the trained models that a method builds upon.
        lesson: teachers and unlabelled texts to learn from besides; see `distillation`.
    """

    train: LabelledData
    dev: LabelledData
    roles: Mapping[str, LabelledData] = field(default_factory=dict)
    bases: Sequence[Trained] = ()
    lesson: Lesson | None = None

    def texts(self) -> Iterator[str]:
        """Every training text, those of other roles and unlabelled ones included; never dev."""
        for data in (self.train, *self.roles.values()):
            yield from (example.text for example in data.examples)
        if self.lesson is not None:
            yield from self.lesson.unlabelled

    def sources(self) -> dict[str, dict[str, Any]]:
        """Name, checksum and size of each part, as the model card tells them."""
        parts = {"train": self.train, "dev": self.dev, **self.roles}
        told: dict[str, dict[str, Any]] = {
            role: {"name": data.name, "sha256": data.checksum, "texts": len(data.examples)}
            | ({"part_of": data.part_of} if data.part_of else {})
            for role, data in parts.items()
        }
        if self.lesson is not None:
            told["lesson"] = self.lesson.about()
        return told


def train(
    method: Method,
    config: Config,
    data: TrainingData,
    settings: Settings,
    reporter: Reporter = SILENT,
) -> Trained:
    """Train `method`; the best epoch on dev is kept and thresholds are fitted there.

    Raises:
        UsageError: a role of the method has no data, labels do not fit together, or there is no
            such dev metric.
        EmocliError: nothing to learn from, an unfinished training of another kind, or one that
            diverges.
    """
    _check(method, data)
    if config.metric != "auto":
        find_metric(config.metric)
    torch.manual_seed(settings.seed)
    np.random.seed(settings.seed)
    labels = Labels(data.train.labels, data.train.exclusive)
    roles = {role: Labels(d.labels, d.exclusive) for role, d in data.roles.items()}
    model_class = method.model_class()
    config = model_class.settle(config, labels)
    reporter.say("reading the texts")
    upon: dict[str, Any] = {"bases": data.bases} if data.bases else {}
    made = model_class.make_tokenizer(config, data.texts(), **upon)
    model = model_class(config, labels, made, **upon, **roles)
    _prepare(model, settings, reporter)
    run = Run(model, *_items(data, model, settings, reporter), settings, reporter)
    model.fit(run)
    if run.stopped:
        reporter.warn(run.stopped)
    return _finish(method, config, data, settings, run)


def encode(data: LabelledData, labels: Labels, reader: Reader, role: str = "target") -> list[Item]:
    """Token ids and label vectors of examples.

    Raises:
        LongTextError: a text is too long, by the reader's policy.
    """
    try:
        read = reader.read(example.text for example in data.examples)
    except LongTextError as error:
        raise error.of(data.where(data.examples[error.row])) from None
    return [
        Item(ids, labels.vector(example.labels), role)
        for example, (ids,) in zip(data.examples, read, strict=True)
    ]


def _items(
    data: TrainingData, model: Model, settings: Settings, reporter: Reporter
) -> tuple[dict[str, list[Item]], list[Item]]:
    """The encoded texts of each role, and those of dev; what became of long ones is told."""
    # The model's own tokenizer may read less of a text than the one that it was made with.
    reader = Reader(model.tokenizer, settings.long)
    items = {"target": encode(data.train, model.labels, reader)}
    for role, of_role in data.roles.items():
        items[role] = encode(of_role, model.roles[role], reader, role)
    if data.lesson is not None:
        items["target"] = data.lesson.items(data.train, items["target"], model.labels, reader)
    dev = encode(data.dev, model.labels, reader)
    if reader.n_long:
        reporter.warn(reader.note())
    return items, dev


def _check(method: Method, data: TrainingData) -> None:
    for role in method.roles:
        if role not in data.roles:
            raise UsageError(
                f"method '{method.name}' also learns from a {role} task: add --{role} DATA."
            )
    for role in data.roles:
        if role not in method.roles:
            raise UsageError(f"method '{method.name}' has no use for --{role} data.")
    wrong = method.wrong_bases(len(data.bases))
    if wrong is not None:
        raise UsageError(f"{wrong}, got {len(data.bases)}; each --base MODEL names one.")
    for name, part in (("train", data.train), ("dev", data.dev), *data.roles.items()):
        if not part.examples:
            raise EmocliError(f"{part.name}: the {name} data holds no texts.")
        if not part.labelled:
            raise EmocliError(f"{part.name}: its labels are withheld; it cannot be learnt from.")
    for role, part in data.roles.items():
        if len(part.labels) < 2:
            raise UsageError(
                f"{part.name}: has one label, '{part.labels[0]}', and a {role} task takes two or "
                "more: name what has it and what has not, such as yes and no."
            )
    if set(data.dev.labels) - set(data.train.labels):
        extra = ", ".join(sorted(set(data.dev.labels) - set(data.train.labels)))
        raise UsageError(f"{data.dev.name}: labels that the training data does not have: {extra}.")
    check_exclusive(data.dev, data.train)


def _prepare(model: Model, settings: Settings, reporter: Reporter) -> None:
    resuming = settings.checkpoint is not None and (settings.checkpoint / "state.json").is_file()
    if not resuming:
        model.prepare(reporter)
    model.to(settings.device)
    torch.manual_seed(settings.seed)


def _finish(
    method: Method, config: Config, data: TrainingData, settings: Settings, run: Run
) -> Trained:
    gold, probabilities = run.dev_probabilities()
    thresholds = run.fit_thresholds(gold, probabilities)
    predicted = run.model.labels.decide(probabilities, thresholds)
    scores = score_labels(run.model.labels, gold, predicted, probabilities, thresholds)
    about = {
        "config": asdict(config),
        "data": data.sources(),
        "bases": [about_model(base) for base in data.bases],
        "seed": settings.seed,
        "precision": str(settings.precision).removeprefix("torch."),
        "device": settings.device.type,
        "processes": settings.processes.n,
        "stopped": run.stopped,
        "dev": scores.as_dict(),
        "history": run.state.history,
        "seconds": round(run.state.seconds, 1),
        "peak_memory": peak_memory(settings.device),
        "parameters": sum(p.numel() for p in run.model.parameters()),
        "versions": _versions(("emocli", "torch", "transformers", "regex", "emoji")),
        "notes": run.model.notes(),
    }
    return Trained(method.name, run.model, np.asarray(thresholds, dtype=np.float64), about)


def _versions(packages: Sequence[str]) -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
