"""Model folders: saved, loaded, and what is said of damaged ones."""

from __future__ import annotations

import errno
import json
import math
import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from emocli import models, plugins
from emocli.descriptions import FORMAT
from emocli.errors import EmocliError, UsageError
from emocli.inference.prediction import Predictor

Refused = Callable[[type[EmocliError], str], AbstractContextManager[None]]
TEXTS = ["so happy today", "I am sad", "😀", ""]
AGAIN = "copy or train the model again, or remove it."


BILSTM = plugins.registry().method("bilstm")


def labels(*names: str, exclusive: Any = False) -> dict[str, Any]:
    """Change the labels of `model.json`."""
    chosen = list(names or ("anger", "joy", "sadness"))
    return {"labels": {"names": chosen, "exclusive": exclusive}}


def edit(folder: Path, **changes: Any) -> None:
    """Change keys of `model.json`; None takes one away."""
    path = folder / "model.json"
    found = json.loads(path.read_text(encoding="utf-8")) | changes
    kept = {key: value for key, value in found.items() if value is not None}
    path.write_text(json.dumps(kept), encoding="utf-8")


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
    assert found["format"] == FORMAT
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
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: Refused
) -> None:
    """It used to be a traceback: safetensors hides the full disk in an error of its own."""

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    trained = models.load(str(folder))
    monkeypatch.setattr(Path, "write_bytes", full)
    place = tmp_path / "new" / "model"
    text = f"{place}: cannot be written: the disk is full; free some space or choose another place"
    with refused(EmocliError, text):
        models.save(trained, place)
    assert list(place.parent.iterdir()) == []


def test_truncated_weights_are_told(folder: Path, refused: Refused) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    text = (
        f"{path}: is damaged or belongs to another model (its SHA-256 is not the one in "
        f"model.json); {AGAIN}"
    )
    with refused(EmocliError, text):
        models.load(str(folder))


def test_the_weights_of_another_model_are_told(
    folder: Path, make_model: Callable[..., Path], refused: Refused
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
    assert str(caught.value) == (
        f"{folder / 'model.safetensors'}: does not fit its model.json: size mismatch for "
        "target_branch.forwards.weight_ih_l0: copying a param with shape torch.Size([20, 8]) from "
        f"checkpoint, the shape in current model is torch.Size([16, 8]); {AGAIN}"
    )


def test_weights_that_are_no_safetensors_are_told(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(b"not at all")
    edit(folder, weights={"sha256": sha256(b"not at all").hexdigest(), "precision": "float32"})
    with pytest.raises(EmocliError) as caught:
        models.load(str(folder))
    assert str(caught.value).startswith(f"{path}: does not fit its model.json: ")


def test_missing_weights_are_told(folder: Path, refused: Refused) -> None:
    (folder / "model.safetensors").unlink()
    with refused(EmocliError, f"{folder / 'model.safetensors'}: is missing; {AGAIN}"):
        models.load(str(folder))


def test_a_missing_tokenizer_is_told(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    with pytest.raises(EmocliError) as caught:
        models.load(str(folder))
    path = folder / "tokenizer.json"
    assert str(caught.value) == f"{path}: is missing: the model folder is not complete; {AGAIN}"


def test_a_missing_description_is_told(tmp_path: Path, refused: Refused) -> None:
    text = f"{tmp_path / 'model.json'}: is missing; {AGAIN}"
    with refused(EmocliError, text):
        models.describe(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "is not JSON (Expecting property name"),
        (b"\xff\xfe", "is not JSON ('utf-8' codec can't decode byte 0xff"),
        (b"[" * 100_000, "is not JSON (maximum recursion depth exceeded"),
        (b"[]", f"describes no emocli model; {AGAIN}"),
        (b"{}", f"describes no emocli model; {AGAIN}"),
        (b'{"format": "1"}', f"describes no emocli model; {AGAIN}"),
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
        ({"labels": {"names": "joy", "exclusive": False}}, "tells of labels without names"),
        ({"roles": {"source": {}}}, "tells of labels without names"),
        ({"roles": {"source": "joy"}}, "tells of labels without names"),
        (labels("joy", "joy", "sadness"), "has the label 'joy' twice"),
        (labels(exclusive="no"), "does not say whether its labels exclude one another"),
        ({"about": {"dev": [0.5]}}, "has no 'dev', or not as it should be"),
        ({"bases": ["."]}, "has no 'bases', or not as it should be"),
        ({"weights": {}}, "has no SHA-256 of the weights"),
        ({"thresholds": [0.5]}, "has 3 labels and 1 thresholds"),
        ({"thresholds": "0.5"}, "has no 'thresholds', or not as it should be"),
        ({"thresholds": [0.5, "high", 0.5]}, "has the threshold 'high', expected 0 to 1"),
        ({"thresholds": [0.5, math.nan, 0.5]}, "has the threshold nan, expected 0 to 1"),
        (
            {"method": "ensemble"},
            "method 'ensemble' builds upon several trained models, and it has 0",
        ),
        (
            {"config": {"zebra": 3}},
            "does not fit its method 'bilstm': unknown option 'zebra'. Known options: "
            + ", ".join(sorted(name for name, *_ in BILSTM.config_class().described())),
        ),
        (
            {"roles": {"source": labels()["labels"]}},
            "the method 'bilstm' can build no model from it and the files beside it "
            "(TypeError(\"BiLSTM.__init__() got an unexpected keyword argument 'source'\"))",
        ),
    ],
)
def test_an_incomplete_description_is_told(
    folder: Path, changes: dict[str, Any], message: str, refused: Refused
) -> None:
    edit(folder, **changes)
    with refused(EmocliError, f"{folder / 'model.json'}: {message}; {AGAIN}"):
        models.load(str(folder))


def test_a_model_of_a_method_that_is_not_installed_is_told(folder: Path, refused: Refused) -> None:
    edit(folder, method="zebra")
    known = ", ".join(sorted(plugins.registry().methods))
    text = (
        f"{folder / 'model.json'}: unknown method 'zebra'. Known methods: {known}. Install the "
        "plugin that brings the method, or remove the model."
    )
    with refused(UsageError, text):
        models.load(str(folder))
