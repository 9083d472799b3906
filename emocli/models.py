"""Models by name: find, list, load, remove, and the place of a new one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from emocli import paths
from emocli.descriptions import DESCRIPTION
from emocli.descriptions import describe as describe
from emocli.errors import EmocliError, UsageError, unknown
from emocli.model_folders import WEIGHTS, is_part, load_folder
from emocli.model_folders import save as save
from emocli.plugins import registry

if TYPE_CHECKING:
    from torch import device

    from emocli.modelling.trained import Trained


@dataclass(frozen=True)
class ModelEntry:
    """A model that can be named: `bundled` ones come inside a package and stay there."""

    name: str
    folder: Path
    bundled: bool


def available() -> dict[str, ModelEntry]:
    """Every model by name: bundled ones, then those of the user, damaged ones too.

    Raises:
        EmocliError: the folder of the user's models cannot be read.
    """
    entries = {
        name: ModelEntry(name, model.folder, bundled=True)
        for name, model in registry().models.items()
    }
    own = paths.models_folder()
    try:
        folders = sorted(own.iterdir()) if own.is_dir() else []
    except OSError as error:
        raise EmocliError(f"{own}: cannot be read: {error.strerror}") from error
    for folder in folders:
        # A name with a dot in front: a model half written when the machine went down.
        if folder.name.startswith(".") or folder.name in entries:
            continue
        if _holds(folder, DESCRIPTION) or _holds(folder, WEIGHTS):
            entries[folder.name] = ModelEntry(folder.name, folder, bundled=False)
    return entries


def find(name: str) -> Path:
    """The folder of a model given by name or by path.

    Raises:
        UsageError: there is no such model.
    """
    folder = paths.path_of(name)
    if name and _holds(folder, DESCRIPTION):
        return folder
    registry().refuse_clash("model", name)
    if name in registry().models:
        return registry().models[name].folder
    entries = available()
    if name in entries:
        return entries[name].folder
    with suppress(OSError):  # no path, such as one too long
        if name and folder.is_dir():
            raise UsageError(f"{name}: no model folder: it has no {DESCRIPTION}.")
    raise unknown("model", name, entries, "A path to a model folder is taken too.")


def place_for(name: str, *, replace: bool = False) -> Path:
    """The folder in which a new model called `name` (or at that path) is to be saved.

    Raises:
        UsageError: the name is taken, or cannot be one.
        EmocliError: nothing can be written there.
    """
    if Path(name).name != name:
        place = paths.path_of(name)
    else:
        if name in registry().models:
            raise UsageError(f"model '{name}' comes with a package; choose another --name.")
        place = paths.models_folder() / name
    if not name or not place.name or place.name.startswith("."):
        raise UsageError(f"'{name}' cannot be the name of a model.")
    with paths.writing(place):
        if place.exists() or place.is_symlink():
            _refuse_other_than_model(place, "choose another --name.")
            if not replace:
                raise UsageError(
                    f"{place}: is there already; choose another --name or add --replace."
                )
    paths.check_folder(place)
    return place


def load(name: str, target: device | str = "cpu") -> Trained:
    """Load a model by name or path, on the CPU or on `target`; see the option --device.

    Raises:
        UsageError: there is no such model or device, or the model's method is not installed.
        EmocliError: a file is missing, damaged or belongs to another model.
    """
    folder = find(name)
    if isinstance(target, str):
        from emocli.inference.devices import choose_device

        target = choose_device(target)
    trained = load_folder(folder)
    trained.model.to(target)
    return trained


def remove(name: str) -> Path:
    """Delete a model of the user's; its folder.

    Raises:
        UsageError: there is no such model, it is bundled with a package, or its folder holds
            something else besides.
        EmocliError: it cannot be deleted.
    """
    entries = available()
    if name not in entries:
        raise unknown("model", name, entries)
    if entries[name].bundled:
        raise UsageError(f"model '{name}' comes with a package; it cannot be removed.")
    import shutil

    folder = entries[name].folder
    with paths.writing(folder):
        _refuse_other_than_model(folder, "move it away first.")
        shutil.rmtree(folder)
    return folder


def _holds(folder: Path, part: str) -> bool:
    """Whether a file is in a folder, or may be in one that cannot be looked into."""
    try:
        return (folder / part).is_file()
    except PermissionError:
        return True
    except OSError:  # no path, such as one too long
        return False


def _refuse_other_than_model(folder: Path, advice: str) -> None:
    """Raise UsageError where something would be deleted that is no part of a model."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: is there already, and no folder; {advice}")
    names = sorted(path.name for path in folder.iterdir())
    if DESCRIPTION in names or folder.parent == paths.models_folder():
        names = [name for name in names if not is_part(name)]
    if names:
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        raise UsageError(
            f"{folder}: holds what is no part of a model ({', '.join(names[:3])}{more}); {advice}"
        )
