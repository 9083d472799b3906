"""What a trial learns from and, read apart from it, what it is scored on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from emocli import datasets
from emocli.benchmark.suite import DataSpec
from emocli.benchmark.trials import Trial
from emocli.data.dataset import Role
from emocli.data.examples import LabelledData, join
from emocli.data.folds import Fold, fold_of, sample_of
from emocli.data.labelled import dev_of, read_labelled
from emocli.plugins import registry

_HELD_OUT: tuple[Role, ...] = ("dev", "test")


@dataclass(frozen=True)
class Learning:
    """What a trial may see before it is scored."""

    train: LabelledData
    dev: LabelledData
    roles: Mapping[str, LabelledData]


def learning_data(trial: Trial) -> Learning:
    """Training texts, dev texts, and those of the other roles that the method has.

    Raises:
        EmocliError: data are not on this machine, or damaged.
        UsageError: there is no such data set, or no dev data.
    """
    if trial.fold is not None:
        fold = _fold(trial)
        train, dev = fold.train, fold.dev
    else:
        train = _read(trial.data.train, "train")
        dev = _read_dev(trial.data, train.labels)
    roles = registry().method(trial.method).roles
    others = {role: _role(trial, role) for role in roles if role in trial.data.roles}
    return Learning(_limited(train, trial), _limited(dev, trial), others)


def scoring_data(trial: Trial, labels: tuple[str, ...]) -> tuple[LabelledData, Role]:
    """The texts to score on and what they are: `test`, or `dev` where test labels are withheld.

    Raises:
        EmocliError: data are not on this machine, or damaged.
    """
    if trial.fold is not None:
        return _limited(_fold(trial).test, trial), "test"
    spec = _spec(trial.data, "test")
    test = None if spec is None else _read(spec, "test", labels)
    if test is not None and test.labelled:
        return _limited(test, trial), "test"
    return _limited(_read_dev(trial.data, labels), trial), "dev"


def checksums(data: DataSpec) -> dict[str, str]:
    """The SHA-256 of every part that trials on these data read.

    Raises:
        EmocliError: data are not on this machine, or damaged.
        UsageError: there is no such data set.
    """
    found: dict[str, str] = {part: read.checksum for part, read in _parts(data).items()}
    for role, names in data.roles.items():
        found[role] = join([_read(name, "source") for name in names]).checksum
    return found


def check_folds(data: DataSpec, n_folds: int) -> None:
    """Raise UsageError where the data cannot make so many folds."""
    fold_of(_whole(data), 0, n_folds)


def _parts(data: DataSpec) -> dict[Role, LabelledData]:
    """Training, dev and test texts, those that there are."""
    train = _read(data.train, "train")
    found: dict[Role, LabelledData] = {"train": train}
    for role in _HELD_OUT:
        spec = _spec(data, role)
        if spec is not None:
            found[role] = _read(spec, role, train.labels)
    return found


def _read(spec: str, role: Role, labels: tuple[str, ...] | None = None) -> LabelledData:
    datasets.named_by(spec)  # a name that several plugins declare is refused
    return read_labelled(spec, role=role, labels=labels, datasets=datasets.known())


def _spec(data: DataSpec, role: Role) -> str | None:
    """What is to be read as dev or test; None where there is no such thing."""
    given = {"dev": data.dev, "test": data.test}[role]
    dataset = datasets.named_by(data.train)
    if given is not None or dataset is None:
        return given
    split = dataset.split_if_any(role)
    return None if split is None else f"{dataset.name}:{split}"


def _read_dev(data: DataSpec, labels: tuple[str, ...]) -> LabelledData:
    advice = f"Give the data '{data.name}' a dev file of other texts."
    spec = data.dev or dev_of(data.train, datasets.known(), advice)
    return _read(spec, "dev", labels)


def _role(trial: Trial, role: str) -> LabelledData:
    data = _limited(join([_read(name, "source") for name in trial.data.roles[role]]), trial)
    if trial.source_size is None:
        return data
    return sample_of(data, trial.source_size, trial.seed)


def _fold(trial: Trial) -> Fold:
    return fold_of(_whole(trial.data), trial.fold or 0, trial.variant.n_folds or 0)


def _whole(data: DataSpec) -> LabelledData:
    """Every labelled text of the target task."""
    labelled = {part.name: part for part in _parts(data).values() if part.labelled}
    return replace(join(list(labelled.values())), name=data.name)


def _limited(data: LabelledData, trial: Trial) -> LabelledData:
    limit = trial.variant.limit
    return data if limit is None else sample_of(data, limit)
