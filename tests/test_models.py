"""Models by name: found, given a place, listed, removed."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from emocli import models, plugins
from emocli.errors import EmocliError, UsageError
from emocli.methods import BundledModel

Refused = Callable[[type[EmocliError], str], AbstractContextManager[None]]


@pytest.fixture
def own(tiny_model: Path, home: Path) -> Path:
    """The tiny model among the user's models, as `mine`."""
    return Path(shutil.copytree(tiny_model, home / "models" / "mine"))


@pytest.fixture
def bundle(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let plugins bring models: called with the folder of each by name, and clashes."""

    def put(clashes: dict[tuple[str, str], tuple[str, ...]] | None = None, **folders: Path) -> None:
        real = plugins.registry()
        registry = plugins.Registry(
            plugins=real.plugins,
            methods=real.methods,
            models={name: BundledModel(name, folder) for name, folder in folders.items()},
            datasets=real.datasets,
            clashes=clashes or {},
        )
        monkeypatch.setattr(models, "registry", lambda: registry)

    put()
    return put


def test_a_model_is_found_by_name_and_by_path(
    own: Path, folder: Path, bundle: Callable[..., None], tiny_model: Path
) -> None:
    bundle(gift=tiny_model)
    assert models.find("mine") == own
    assert models.find("gift") == tiny_model
    assert models.find(str(folder)) == folder


def test_a_tilde_in_a_path_is_the_home_folder_not_a_folder_of_that_name(
    bundle: Callable[..., None], tiny_model: Path, tilde: Path
) -> None:
    shutil.copytree(tiny_model, tilde / "kept")
    assert models.find("~/kept") == tilde / "kept"
    assert models.place_for("~/new") == tilde / "new"


def test_an_unknown_model_is_answered_with_the_nearest_then_all(
    own: Path, bundle: Callable[..., None], tiny_model: Path, refused: Refused
) -> None:
    bundle(gift=tiny_model)
    text = (
        "unknown model 'mime': did you mean 'mine'? Known models: gift, mine. "
        "A path to a model folder is taken too."
    )
    with refused(UsageError, text):
        models.find("mime")


def test_no_name_is_the_name_of_no_model(
    folder: Path, bundle: Callable[..., None], monkeypatch: pytest.MonkeyPatch, refused: Refused
) -> None:
    monkeypatch.chdir(folder)
    text = "unknown model ''. There are no models. A path to a model folder is taken too."
    with refused(UsageError, text):
        models.find("")


def test_a_folder_that_holds_no_model_is_told_so(
    tmp_path: Path, bundle: Callable[..., None], refused: Refused
) -> None:
    with refused(UsageError, f"{tmp_path}: no model folder: it has no model.json."):
        models.find(str(tmp_path))


def test_a_folder_named_like_a_model_does_not_hide_it(
    own: Path, bundle: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--model mine` used to fail in every directory that has a folder `mine`."""
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path)
    assert models.find("mine") == own


def test_a_name_that_two_packages_give_is_refused(
    own: Path, bundle: Callable[..., None], refused: Refused
) -> None:
    bundle(clashes={("model", "gift"): ("'a' (emocli-a)", "'b' (emocli-b)")})
    text = (
        "model 'gift' is declared by 'a' (emocli-a) and 'b' (emocli-b); uninstall one of them "
        "(`emocli plugins` lists them)."
    )
    with refused(UsageError, text):
        models.find("gift")


def test_bundled_models_come_before_the_users(
    own: Path, bundle: Callable[..., None], tiny_model: Path
) -> None:
    bundle(gift=tiny_model)
    assert list(models.available().values()) == [
        models.ModelEntry("gift", tiny_model, bundled=True),
        models.ModelEntry("mine", own, bundled=False),
    ]


def test_what_is_no_whole_model_is_not_listed(own: Path, bundle: Callable[..., None]) -> None:
    """A folder left by a broken-off save used to be listed under its temporary name."""
    shutil.copytree(own, own.parent / ".mine.8fk3a")
    (own.parent / "empty").mkdir()
    (own.parent / "notes.txt").touch()
    assert list(models.available()) == ["mine"]


def test_a_model_without_its_description_is_listed_so_that_it_can_be_removed(
    own: Path, bundle: Callable[..., None], refused: Refused
) -> None:
    """It used to be known to nobody, and its name was taken."""
    (own / "model.json").unlink()
    assert list(models.available()) == ["mine"]
    text = f"{own / 'model.json'}: is missing; copy or train the model again, or remove it."
    with refused(EmocliError, text):
        models.load("mine")
    assert models.place_for("mine", replace=True) == own
    models.remove("mine")
    assert not own.exists()


def test_a_folder_that_cannot_be_looked_into_hides_no_other_model(
    own: Path, bundle: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It used to be an internal error of every command that knows models."""
    (own.parent / "locked").mkdir()
    real = Path.is_file

    def is_file(path: Path) -> bool:
        if path.parent == own.parent / "locked":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path)

    monkeypatch.setattr(Path, "is_file", is_file)
    assert list(models.available()) == ["locked", "mine"]
    assert models.find("locked") == own.parent / "locked"


def test_a_name_too_long_for_a_file_is_an_unknown_model(
    bundle: Callable[..., None], refused: Refused
) -> None:
    name = "a" * 5000
    text = f"unknown model '{name}'. There are no models. A path to a model folder is taken too."
    with refused(UsageError, text):
        models.find(name)


def test_a_new_model_is_kept_by_name_or_at_its_path(
    home: Path, bundle: Callable[..., None], tmp_path: Path
) -> None:
    assert models.place_for("new") == home / "models" / "new"
    assert models.place_for(str(tmp_path / "new")) == tmp_path / "new"
    assert models.place_for("./new") == Path("new")


def test_a_name_is_not_taken_twice(
    own: Path, bundle: Callable[..., None], refused: Refused
) -> None:
    text = f"{own}: is there already; choose another --name or add --replace."
    with refused(UsageError, text):
        models.place_for("mine")
    assert models.place_for("mine", replace=True) == own


def test_a_bundled_model_is_not_replaced(
    bundle: Callable[..., None], tiny_model: Path, refused: Refused
) -> None:
    bundle(gift=tiny_model)
    with refused(UsageError, "model 'gift' comes with a package; choose another --name."):
        models.place_for("gift", replace=True)


@pytest.mark.parametrize("replace", [True, False])
def test_what_is_no_part_of_a_model_is_neither_replaced_nor_removed(
    own: Path, bundle: Callable[..., None], refused: Refused, replace: bool
) -> None:
    """`--replace` used to delete it with the model."""
    for name in ("notes.txt", "plan.md", "zoo.csv", "thesis.tex"):
        (own / name).touch()
    held = f"{own}: holds what is no part of a model (notes.txt, plan.md, thesis.tex and 1 more)"
    with refused(UsageError, f"{held}; choose another --name."):
        models.place_for("mine", replace=replace)
    with refused(UsageError, f"{held}; move it away first."):
        models.remove("mine")
    assert (own / "notes.txt").is_file()


def test_only_a_model_is_replaced(
    tmp_path: Path, bundle: Callable[..., None], refused: Refused
) -> None:
    """A file used to be told by "Not a directory", a folder by the lack of a model.json."""
    folder, file = tmp_path / "project", tmp_path / "table.csv"
    folder.mkdir()
    (folder / "README.md").touch()
    file.touch()
    held = f"{folder}: holds what is no part of a model (README.md); choose another --name."
    with refused(UsageError, held):
        models.place_for(str(folder), replace=True)
    with refused(UsageError, f"{file}: is there already, and no folder; choose another --name."):
        models.place_for(str(file), replace=True)
    (folder / "README.md").unlink()
    assert models.place_for(str(folder), replace=True) == folder


def test_a_place_that_cannot_be_written_is_told_before_the_training(
    tmp_path: Path, bundle: Callable[..., None], refused: Refused
) -> None:
    """It used to be noticed when the first epoch was done."""
    (tmp_path / "file").touch()
    place = tmp_path / "file" / "new"
    text = f"{place}: cannot be written: a part of its path is a file, not a folder"
    with refused(EmocliError, text):
        models.place_for(str(place))
    models.place_for(str(tmp_path / "far" / "away" / "new"))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "folder/.."])
def test_what_cannot_be_a_name_is_refused(
    name: str, bundle: Callable[..., None], refused: Refused
) -> None:
    """The empty name used to stand for the folder of all models."""
    with refused(UsageError, f"'{name}' cannot be the name of a model."):
        models.place_for(name, replace=True)


def test_a_removed_model_is_gone(own: Path, bundle: Callable[..., None], refused: Refused) -> None:
    assert models.remove("mine") == own
    assert not own.exists()
    text = "unknown model 'mine'. There are no models."
    with refused(UsageError, text):
        models.remove("mine")


def test_a_bundled_model_stays(
    bundle: Callable[..., None], tiny_model: Path, refused: Refused
) -> None:
    bundle(gift=tiny_model)
    with refused(UsageError, "model 'gift' comes with a package; it cannot be removed."):
        models.remove("gift")
    assert tiny_model.is_dir()


def test_a_model_is_removed_by_name_only(
    folder: Path, bundle: Callable[..., None], refused: Refused
) -> None:
    with refused(UsageError, f"unknown model '{folder}'. There are no models."):
        models.remove(str(folder))
    assert folder.is_dir()
