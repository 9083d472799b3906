"""One method trained with several seeds, kept as one ensemble."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emocli import models, paths
from emocli.cli.materials import Materials
from emocli.cli.options import LARGEST_SEED
from emocli.cli.recipe import Recipe
from emocli.cli.training_settings import settings_of
from emocli.cli.unfinished import Wishes, nothing_to_go_on_with
from emocli.errors import UsageError
from emocli.plugins import registry
from emocli.reporting import Reporter

if TYPE_CHECKING:
    from emocli.modelling.trained import Trained

ENSEMBLE = "ensemble"
Train = Callable[[Recipe, Materials, Wishes, Reporter], "Trained"]


def train_seeds(
    n_seeds: int,
    recipe: Recipe,
    materials: Materials,
    wishes: Wishes,
    report: Reporter,
    train: Train,
) -> Trained:
    """Train with `n_seeds` seeds from the recipe's on; all of them as one.

    Finished members wait beside the unfinished training: what is interrupted goes on with the
    first seed that is not done.

    Raises:
        UsageError: a launcher has started several processes, or the last seed is too large.
        EmocliError: what waits there was made of other data or options, or is damaged.
    """
    _refuse_several_processes(wishes)
    _refuse_too_large(recipe.seed + n_seeds - 1)
    place = members_folder(wishes)
    if not wishes.resume:
        _make_room(place, recipe.name, report)
    elif not place.is_dir():
        report.say(nothing_to_go_on_with(recipe.name))
    members = [place / f"seed-{recipe.seed + number}" for number in range(n_seeds)]
    for done, folder in enumerate(members):
        seed = recipe.seed + done
        member = replace(recipe, seed=seed, name=f"{recipe.name}, seed {seed}")
        kept = f"{done} of {n_seeds} seeds are done" if done else ""
        own = _own_wishes(wishes, folder, kept)
        fingerprint = settings_of(member, materials, own).fingerprint or {}
        if folder.is_dir():
            _refuse_other(folder, fingerprint)
            continue
        report.say(f"seed {seed} ({done + 1} of {n_seeds})")
        _keep(train(member, materials, own, report), folder, fingerprint)
        shutil.rmtree(own.checkpoint, ignore_errors=True)
    together = _together(recipe, members)
    alone = replace(materials, roles={}, unlabelled=())
    return train(together, alone, replace(wishes, resume=False), report)


def _own_wishes(wishes: Wishes, folder: Path, kept: str) -> Wishes:
    """Those for the member in `folder`, which goes on where its training is unfinished."""
    own = replace(wishes, place=folder, kept=kept, member_of=folder.parent)
    return replace(own, resume=own.unfinished)


def _make_room(place: Path, name: str, report: Reporter) -> None:
    """Remove what an earlier training left, finished seeds and the one under way."""
    n_done = sum((folder / "model.json").is_file() for folder in place.glob("seed-*"))
    if n_done:
        left = f"'{name}' has {n_done} finished seed{'' if n_done == 1 else 's'} of an earlier"
        report.say(f"{left} training, which goes; --resume would have kept it.")
    shutil.rmtree(place, ignore_errors=True)


def members_folder(wishes: Wishes) -> Path:
    """Where the finished members wait for the others."""
    return wishes.checkpoint.with_name(wishes.checkpoint.name + ".seeds")


def _together(recipe: Recipe, members: list[Path]) -> Recipe:
    """The recipe of the ensemble of the members, with thresholds fitted as theirs."""
    method = registry().method(ENSEMBLE)
    config = method.config_class()(
        metric=recipe.config.metric,
        thresholds=recipe.config.thresholds,
        threshold=recipe.config.threshold,
    )
    return replace(
        recipe,
        method=method,
        config=config,
        roles={},
        base=tuple(map(str, members)),
        teacher=(),
        unlabelled=(),
    )


def _refuse_several_processes(wishes: Wishes) -> None:
    if wishes.processes.n > 1:
        raise UsageError(
            f"--seeds trains in one process, and {wishes.processes.n} were started: leave out the "
            "launcher, or --seeds."
        )


def _refuse_too_large(last: int) -> None:
    if last > LARGEST_SEED:
        raise UsageError(f"--seeds: the last one would be {last}, expected at most {LARGEST_SEED}.")


def _keep(member: Trained, folder: Path, fingerprint: Mapping[str, Any]) -> None:
    """Save a finished member; beside it, and before it, what it was made of."""
    with paths.writing(folder.parent):
        folder.parent.mkdir(parents=True, exist_ok=True)
    with paths.whole_file(_beside(folder)) as stream:
        json.dump(fingerprint, stream)
    models.save(member, folder)


def _refuse_other(folder: Path, wanted: Mapping[str, Any]) -> None:
    """Raise EmocliError where a finished member is not that of the training asked for."""
    from emocli.training.checkpoints import going_on, refuse_other

    with going_on(folder):
        refuse_other(folder, json.loads(_beside(folder).read_text(encoding="utf-8")), wanted)


def _beside(folder: Path) -> Path:
    """The file with a finished member's fingerprint."""
    return folder.with_suffix(".json")
