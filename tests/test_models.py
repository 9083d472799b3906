from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from emocli import models, plugins
from emocli.errors import EmocliError, UsageError
from emocli.inference.prediction import Predictor
from emocli.methods import BundledModel
from emocli.modelling import tensor_files

TEXTS = ["so happy today", "I am sad", "😀", ""]
AGAIN = "copy or train the model again."


@contextmanager
def refused(kind: type[EmocliError], text: str) -> Iterator[None]:
    with pytest.raises(EmocliError) as caught:
        yield
    assert str(caught.value) == text
    assert type(caught.value) is kind


@pytest.fixture
def folder(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model, to be damaged."""
    return Path(shutil.copytree(tiny_model, tmp_path / "tiny"))


@pytest.fixture
def own(tiny_model: Path, home: Path) -> Path:
    """The tiny model among the user's models, as `mine`."""
    return Path(shutil.copytree(tiny_model, home / "models" / "mine"))


@pytest.fixture
def bundle(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let plugins bring models: called with the folder of each by name, and clashes."""

    def put(
        clashes: dict[tuple[str, str], tuple[str, ...]] | None = None, **folders: Path
    ) -> None:
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


def edit(folder: Path, **changes: Any) -> None:
    """Change keys of `model.json`; None takes one away."""
    path = folder / "model.json"
    found = json.loads(path.read_text(encoding="utf-8")) | changes
    kept = {key: value for key, value in found.items() if value is not None}
    path.write_text(json.dumps(kept), encoding="utf-8")


def test_a_model_is_found_by_name_and_by_path(
    own: Path, folder: Path, bundle: Callable[..., None], tiny_model: Path
) -> None:
    bundle(gift=tiny_model)
    assert models.find("mine") == own
    assert models.find("gift") == tiny_model
    assert models.find(str(folder)) == folder


def test_an_unknown_model_is_answered_with_the_nearest_then_all(
    own: Path, bundle: Callable[..., None], tiny_model: Path
) -> None:
    bundle(gift=tiny_model)
    text = (
        "unknown model 'mime': did you mean 'mine'? Known models: gift, mine. "
        "A path to a model folder is taken too."
    )
    with refused(UsageError, text):
        models.find("mime")


def test_no_name_is_the_name_of_no_model(
    folder: Path, bundle: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    text = "unknown model ''. There are no models. A path to a model folder is taken too."
    with refused(UsageError, text):
        models.find("")


def test_a_folder_that_holds_no_model_is_told_so(
    tmp_path: Path, bundle: Callable[..., None]
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
    own: Path, bundle: Callable[..., None]
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


def test_a_new_model_is_kept_by_name_or_at_its_path(
    home: Path, bundle: Callable[..., None], tmp_path: Path
) -> None:
    assert models.place_for("new") == home / "models" / "new"
    assert models.place_for(str(tmp_path / "new")) == tmp_path / "new"
    assert models.place_for("./new") == Path("new")


def test_a_name_is_not_taken_twice(own: Path, bundle: Callable[..., None]) -> None:
    text = f"{own}: is there already; choose another --name or add --replace."
    with refused(UsageError, text):
        models.place_for("mine")
    assert models.place_for("mine", replace=True) == own


def test_a_bundled_model_is_not_replaced(bundle: Callable[..., None], tiny_model: Path) -> None:
    bundle(gift=tiny_model)
    with refused(UsageError, "model 'gift' comes with a package; choose another --name."):
        models.place_for("gift", replace=True)


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "folder/.."])
def test_what_cannot_be_a_name_is_refused(name: str, bundle: Callable[..., None]) -> None:
    """The empty name used to stand for the folder of all models."""
    with refused(UsageError, f"'{name}' cannot be the name of a model."):
        models.place_for(name, replace=True)


def test_a_loaded_model_scores_as_before_it_was_saved(folder: Path, tmp_path: Path) -> None:
    trained = models.load(str(folder))
    before = Predictor(trained).probabilities(TEXTS)
    models.save(trained, tmp_path / "again")
    loaded = models.load(str(tmp_path / "again"))
    assert np.array_equal(Predictor(loaded).probabilities(TEXTS), before)
    assert loaded.method == "bilstm"
    assert loaded.about == trained.about
    assert loaded.thresholds.tolist() == [0.5, 0.5, 0.5]
    assert not loaded.model.training


def test_a_model_folder_holds_all_that_predicting_needs(folder: Path) -> None:
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["README.md", "model.json", "model.safetensors", "tokenizer.json"]
    found = models.describe(folder)
    assert found["format"] == models.FORMAT
    assert found["labels"] == {"names": ["anger", "joy", "sadness"], "exclusive": False}
    assert found["roles"] == {}
    assert (folder / "README.md").read_text(encoding="utf-8").startswith("# tiny\n")


def test_half_precision_halves_the_weights(folder: Path, tmp_path: Path) -> None:
    trained = models.load(str(folder))
    models.save(trained, tmp_path / "half", half=True)
    whole = load_file(folder / "model.safetensors")
    half = load_file(tmp_path / "half" / "model.safetensors")
    assert {value.dtype for value in half.values()} == {torch.float16}
    assert all(torch.equal(half[name], whole[name].half()) for name in whole)
    loaded = models.load(str(tmp_path / "half"))
    assert {p.dtype for p in loaded.model.parameters()} == {torch.float32}
    before, after = (Predictor(one).probabilities(TEXTS) for one in (trained, loaded))
    assert np.abs(before - after).max() < 0.01


def test_weights_that_share_memory_are_saved(folder: Path, tmp_path: Path) -> None:
    """safetensors refuses them, as in a model whose output layer is its embedding."""
    trained = models.load(str(folder))
    trained.model.register_buffer("tied", trained.model.get_parameter("embedding.weight").data)
    models.save(trained, tmp_path / "tied")
    saved = load_file(tmp_path / "tied" / "model.safetensors")
    assert torch.equal(saved["tied"], saved["embedding.weight"])


def test_a_disk_that_fills_up_leaves_no_model(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """safetensors hides the full disk in an error of its own, which used to be a traceback."""

    def full(*_: Any) -> None:
        code = errno.ENOSPC
        raise SafetensorError(f"I/O error: {os.strerror(code)} (os error {code})")

    trained = models.load(str(folder))
    monkeypatch.setattr(tensor_files, "save_file", full)
    place = tmp_path / "new" / "model"
    text = f"{place}: cannot be written: the disk is full; free some space or choose another place"
    with refused(EmocliError, text):
        models.save(trained, place)
    assert list(place.parent.iterdir()) == []


def test_truncated_weights_are_told(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    text = (
        f"{path}: is damaged or belongs to another model (its SHA-256 is not the one in "
        f"model.json); {AGAIN}"
    )
    with refused(EmocliError, text):
        models.load(str(folder))


def test_the_weights_of_another_model_are_told(
    folder: Path, make_model: Callable[..., Path]
) -> None:
    path = folder / "model.safetensors"
    shutil.copy(make_model("other", ("anger", "joy", "fear"), head_width=5) / path.name, path)
    text = (
        f"{path}: is damaged or belongs to another model (its SHA-256 is not the one in "
        f"model.json); {AGAIN}"
    )
    with refused(EmocliError, text):
        models.load(str(folder))


def test_weights_that_do_not_fit_the_description_are_told(
    folder: Path, make_model: Callable[..., Path]
) -> None:
    other = make_model("wide", ("anger", "joy", "sadness"), hidden_width=5)
    shutil.copy(other / "model.safetensors", folder)
    edit(folder, weights=models.describe(other)["weights"])
    with pytest.raises(EmocliError) as caught:
        models.load(str(folder))
    start = f"{folder / 'model.safetensors'}: does not fit its model.json: Error(s) in loading"
    assert str(caught.value).startswith(start)


def test_weights_that_are_no_safetensors_are_told(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(b"not at all")
    edit(folder, weights={"sha256": sha256(b"not at all").hexdigest(), "precision": "float32"})
    with pytest.raises(EmocliError) as caught:
        models.load(str(folder))
    assert str(caught.value).startswith(f"{path}: does not fit its model.json: ")


def test_missing_weights_are_told(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    with refused(EmocliError, f"{folder / 'model.safetensors'}: is missing; {AGAIN}"):
        models.load(str(folder))


def test_a_missing_tokenizer_is_told(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    with pytest.raises(EmocliError) as caught:
        models.load(str(folder))
    path = folder / "tokenizer.json"
    assert str(caught.value) == f"{path}: is missing: the model folder is not complete"


def test_a_missing_description_is_told(tmp_path: Path) -> None:
    text = f"{tmp_path / 'model.json'}: cannot be read: No such file or directory"
    with refused(EmocliError, text):
        models.describe(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "is not JSON (Expecting property name"),
        (b"\xff\xfe", "is not JSON ('utf-8' codec can't decode byte 0xff"),
        (b"[]", "describes no emocli model."),
        (b"{}", "describes no emocli model."),
        (b'{"format": "1"}', "describes no emocli model."),
        (
            b'{"format": 2, "method": 0}',
            "has format 2, this emocli reads up to 1; upgrade emocli.",
        ),
        (b'{"format": 1}', f"has no 'method', or not as it should be; {AGAIN}"),
    ],
)
def test_a_damaged_description_is_told(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(content)
    with pytest.raises(EmocliError) as caught:
        models.describe(tmp_path)
    assert str(caught.value).startswith(f"{path}: {message}")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"thresholds": None}, "has no 'thresholds', or not as it should be"),
        ({"config": []}, "has no 'config', or not as it should be"),
        ({"labels": {"names": ["joy"]}}, "tells of labels without names"),
        ({"roles": {"source": {}}}, "tells of labels without names"),
        ({"weights": {}}, "has no SHA-256 of the weights"),
        ({"thresholds": [0.5]}, "has 3 labels and 1 thresholds"),
    ],
)
def test_an_incomplete_description_is_told(
    folder: Path, changes: dict[str, Any], message: str
) -> None:
    edit(folder, **changes)
    with refused(EmocliError, f"{folder / 'model.json'}: {message}; {AGAIN}"):
        models.load(str(folder))


def test_a_model_of_a_method_that_is_not_installed_is_told(folder: Path) -> None:
    edit(folder, method="zebra")
    known = ", ".join(sorted(plugins.registry().methods))
    with refused(UsageError, f"unknown method 'zebra'. Known methods: {known}."):
        models.load(str(folder))


def test_a_removed_model_is_gone(own: Path, bundle: Callable[..., None]) -> None:
    assert models.remove("mine") == own
    assert not own.exists()
    text = "unknown model 'mine'. There are no models."
    with refused(UsageError, text):
        models.remove("mine")


def test_a_bundled_model_stays(bundle: Callable[..., None], tiny_model: Path) -> None:
    bundle(gift=tiny_model)
    with refused(UsageError, "model 'gift' comes with a package; it cannot be removed."):
        models.remove("gift")
    assert tiny_model.is_dir()


def test_a_model_is_removed_by_name_only(folder: Path, bundle: Callable[..., None]) -> None:
    with refused(UsageError, f"unknown model '{folder}'. There are no models."):
        models.remove(str(folder))
    assert folder.is_dir()
