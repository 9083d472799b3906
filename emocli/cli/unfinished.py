"""A training that was interrupted: where it is kept, and how to go on with it."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from emocli import paths
from emocli.cli.recipe import Recipe
from emocli.errors import EmocliError, UsageError
from emocli.locks import locked
from emocli.reporting import Reporter

if TYPE_CHECKING:
    from emocli.training.processes import Processes


@dataclass(frozen=True)
class Wishes:
    """How to train, whatever is learnt.

    Attributes:
        place: the model folder to be.
        command: what the user typed, without `--resume`.
        replace: whether a model that is there already may go.
        max_minutes: how long a training may take; None: as it takes.
        long: what becomes of texts that have more tokens than the model reads.
        processes: those that train together, as a launcher has started them.
        kept: what of a larger training is done already, in words.
        member_of: the folder of that training, where this one is kept, too; None: of none.
    """

    place: Path
    command: str
    resume: bool
    replace: bool
    device: str
    precision: str
    half: bool
    max_minutes: float | None
    long: Literal["truncate", "error"]
    processes: Processes
    kept: str = ""
    member_of: Path | None = None

    @property
    def checkpoint(self) -> Path:
        """Where the unfinished training is kept: by name, or by path for a model elsewhere."""
        name = self.place.name
        if self.member_of is not None:
            return self.member_of / f"{name}.unfinished"
        if self.place.parent != paths.models_folder():
            name += "-" + sha256(str(self.place.absolute()).encode()).hexdigest()[:12]
        return paths.runs_folder() / name

    @property
    def lock(self) -> Path:
        """The file that keeps other processes from this training."""
        return self.checkpoint.with_name(f".{self.checkpoint.name}.lock")

    @property
    def unfinished(self) -> bool:
        """Whether there is a training to go on with."""
        try:
            return (self.checkpoint / "state.json").is_file()
        except OSError as error:
            raise EmocliError(f"{self.checkpoint}: cannot be read: {error.strerror}") from error


@contextmanager
def alone(wishes: Wishes) -> Iterator[None]:
    """Keep other processes from training a model of this name inside the block.

    Raises:
        UsageError: another one does so.
    """
    if not wishes.processes.is_main:
        yield
        return
    with locked(wishes.lock) as held:
        if not held:
            raise UsageError(
                f"'{wishes.place.name}' is being trained by another emocli; wait until it ends, or "
                "choose another --name."
            )
        yield


def begin(wishes: Wishes, recipe: Recipe, report: Reporter) -> None:
    """Make room for a new training, or say whether there is one to go on with."""
    if wishes.resume and not wishes.unfinished:
        report.say(nothing_to_go_on_with(recipe.name))
    elif wishes.resume:
        report.say(f"Going on with the training of '{recipe.name}', {_progress(wishes)}.")
    elif wishes.unfinished:
        report.say(_room_made(wishes, recipe.name))
        with paths.writing(wishes.checkpoint):
            shutil.rmtree(wishes.checkpoint)


def nothing_to_go_on_with(name: str) -> str:
    """What is said where --resume finds nothing."""
    return f"There is no unfinished training of '{name}': starting anew."


def _room_made(wishes: Wishes, name: str) -> str:
    try:
        progress = _progress(wishes)
    except EmocliError:
        return f"A damaged unfinished training of '{name}' makes room for this one."
    return (
        f"An unfinished training of '{name}' ({progress}) makes room for this one; --resume would "
        "have gone on with it."
    )


def how_to_go_on(wishes: Wishes) -> str:
    """What is kept of a training that stops now, and the command that goes on with it."""
    done = [wishes.kept] if wishes.kept else []
    if wishes.unfinished:
        done.append(_progress(wishes))
    if not done:
        return "Stopped before the end of the first epoch: nothing is kept."
    return (
        f"Stopped; what was learnt is kept, {', '.join(done)}. Go on with:\n"
        f"  {wishes.command} --resume"
    )


def _progress(wishes: Wishes) -> str:
    """How far the unfinished training has come; EmocliError where it is damaged."""
    from emocli.training.checkpoints import read_state

    found = read_state(wishes.checkpoint)
    batches = f" and {found.step} batch{'' if found.step == 1 else 'es'}" if found.step else ""
    stage = f"stage {found.stage + 1}, " if found.stage else ""
    epochs = f"{found.epoch} epoch{'' if found.epoch == 1 else 's'}"
    return f"{stage}{epochs}{batches} done"


def without_resume(arguments: Sequence[str]) -> str:
    """The command line as a user types it, that of a new training."""
    words = ["emocli", "train", *(word for word in arguments if word != "--resume")]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)
