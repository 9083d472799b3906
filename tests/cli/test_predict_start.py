"""What `predict` loads: torch once, and nothing else that takes long.

How quickly it starts is held by what it loads, never by time.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from emocli import models
from emocli.cli.predictor import load_predictor
from emocli.errors import UsageError
from emocli.inference import devices
from emocli.inference.prediction import Predictor
from emocli.modelling.model import Model
from emocli.modelling.trained import Trained
from emocli.plugins import registry
from emocli.reporting import SILENT
from emocli.testing import sample_data
from emocli.training.settings import Settings
from emocli.training.train import TrainingData, train

After = Callable[..., tuple[set[str], str]]
SLOW = {
    "accelerate",
    "matplotlib",
    "pandas",
    "pyarrow",
    "scipy",
    "sklearn",
    "statsmodels",
    "torch._dynamo",
    "transformers",
}
# Every branch of the tokeniser: placeholders, an emoji, a misspelling, a compound, wrong accents.
TEXT = (
    "@ann I'm sooo hapyy!!! 😂 <3 don't u think? #SoBlessed workingfromhome caf\u00c3\u00a9 :-)\n"
)


@pytest.fixture
def encoder_model(tiny_encoders: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    """The folder of a fine-tuned encoder of a kind."""

    def make(kind: str) -> Path:
        method, data = registry().method(kind), sample_data()
        config = method.config_class().from_options(
            {"encoder": str(tiny_encoders[kind]), "epochs": 1}
        )
        trained: Trained = train(method, config, TrainingData(data, data), Settings())
        models.save(trained, tmp_path / kind)
        return tmp_path / kind

    return make


def loaded_to_answer(modules_after: After, model: str, folder: Path) -> set[str]:
    """The modules that are loaded when one text is answered."""
    text = folder / "one.txt"
    text.write_text(TEXT, encoding="utf-8")
    loaded, out = modules_after("predict", str(text), "--model", model)
    assert out.count("\n") == 1
    return loaded


def test_models_answer_in_bfloat16_where_they_and_the_processor_are_quick_in_it(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def precision(asked: str = "auto") -> torch.dtype:
        model = str(tiny_model)
        return load_predictor(
            model, SILENT, device="cpu", precision=asked, long="truncate"
        ).precision

    monkeypatch.setattr(devices, "has_bf16", lambda: True)
    assert precision() == torch.bfloat16
    assert precision("fp32") == torch.float32
    monkeypatch.setattr(devices, "has_bf16", lambda: False)
    assert precision() == torch.float32
    monkeypatch.setattr(devices, "has_bf16", lambda: True)
    monkeypatch.setattr(Model, "quick_in_bf16", False)
    assert precision() == torch.float32


def test_int8_is_refused_by_name_where_a_model_has_no_encoder_for_it(
    encoder_model: Callable[[str], Path], tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "has_int8", lambda: True)

    def load(model: Path) -> Predictor:
        return load_predictor(str(model), SILENT, device="cpu", precision="int8", long="truncate")

    assert load(encoder_model("bert")).precision == torch.int8
    for model in (tiny_model, encoder_model("xlnet")):
        with pytest.raises(UsageError, match="precision 'int8' is for models upon encoders"):
            load(model)


def test_the_embedded_model_answers_with_torch_alone(modules_after: After, tmp_path: Path) -> None:
    assert loaded_to_answer(modules_after, "datn2", tmp_path) & SLOW == set()


@pytest.mark.parametrize("kind", ["bert", "distilbert", "roberta"])
def test_a_fine_tuned_encoder_answers_with_torch_alone(
    kind: str, encoder_model: Callable[[str], Path], modules_after: After, tmp_path: Path
) -> None:
    assert loaded_to_answer(modules_after, str(encoder_model(kind)), tmp_path) & SLOW == set()
