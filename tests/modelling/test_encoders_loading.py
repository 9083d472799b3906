"""Encoders read from folders: whole, quietly, or refused in words."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, BertForMaskedLM, BertModel

from emocli.common_options import EncoderConfig
from emocli.errors import EmocliError
from emocli.modelling.encoder_kinds import KINDS
from emocli.modelling.encoders import CUSTOMARY, find_encoder, load_encoder, load_encoder_tokenizer
from emocli.plugins import registry


@pytest.fixture
def encoder(tiny_encoder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny encoder, to be changed."""
    return Path(shutil.copytree(tiny_encoder, tmp_path / "encoder"))


def refusal(encoder: Path, read: Callable[[str], object] = load_encoder) -> str:
    with pytest.raises(EmocliError) as error:
        read(str(encoder))
    return str(error.value)


def configure(encoder: Path, **settings: object) -> None:
    path = encoder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **settings}))


def test_an_encoder_saved_with_another_head_is_read_without_it_and_quietly(
    encoder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    torch.manual_seed(4)
    trained = BertForMaskedLM(AutoConfig.from_pretrained(encoder))
    trained.save_pretrained(encoder)
    assert all(
        name.startswith(("bert.", "cls.")) for name in load_file(encoder / "model.safetensors")
    )
    capfd.readouterr()
    found = load_encoder(str(encoder))[0].state_dict()
    assert capfd.readouterr().err == ""
    expected = trained.bert.state_dict()
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_a_pooler_stays_if_it_was_trained(encoder: Path) -> None:
    assert load_encoder(str(encoder))[0].pooler is not None
    BertModel.from_pretrained(encoder, add_pooling_layer=False).save_pretrained(encoder)
    assert load_encoder(str(encoder))[0].pooler is None


@pytest.mark.parametrize("answer", [OSError("no route"), RuntimeError("of some HTTP library")])
def test_a_hub_that_is_out_of_reach_is_asked_once_and_near_names_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Exception
) -> None:
    """transformers asks for half a minute, and no name was suggested."""
    asked = []

    def ask(url: str) -> None:
        asked.append(url)
        raise answer

    (tmp_path / "all-MiniLM-L6-v2").mkdir()
    monkeypatch.setenv("EMOCLI_ENCODERS", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.get_hf_file_metadata", ask)
    with pytest.raises(EmocliError) as error:
        load_encoder("all-MiniLM-L6-v3")
    assert str(error.value) == (
        "the encoder 'all-MiniLM-L6-v3' is not at hand: did you mean 'all-MiniLM-L6-v2'? There is "
        "no folder of that name, none under EMOCLI_ENCODERS, and the Hugging Face hub did not give "
        "it. Give the path of a folder that holds it, set EMOCLI_ENCODERS to the folder above, or "
        "go online to have it downloaded."
    )
    assert asked == ["https://huggingface.co/all-MiniLM-L6-v3/resolve/main/config.json"]


def test_a_customary_encoder_is_known_without_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMOCLI_ENCODERS", str(tmp_path))
    assert find_encoder("all-MiniLM-L6-v2") == "sentence-transformers/all-MiniLM-L6-v2"
    assert find_encoder("MiniLM-L6-v2") == "MiniLM-L6-v2"
    (tmp_path / "all-MiniLM-L6-v2").mkdir()
    assert find_encoder("all-MiniLM-L6-v2") == str(tmp_path / "all-MiniLM-L6-v2")


def test_the_encoders_of_the_methods_are_customary() -> None:
    configs = [method.config_class() for method in registry().methods.values()]
    encoders = [config.encoder for config in configs if issubclass(config, EncoderConfig)]
    assert set(encoders) <= set(CUSTOMARY)


def test_weights_in_half_precision_become_float32(encoder: Path) -> None:
    BertModel.from_pretrained(encoder, dtype=torch.float16).save_pretrained(encoder)
    assert {weight.dtype for weight in load_encoder(str(encoder))[0].parameters()} == {
        torch.float32
    }


def test_an_encoder_that_is_not_at_hand_tells_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.delenv("EMOCLI_ENCODERS", raising=False)
    with pytest.raises(EmocliError) as error:
        load_encoder_tokenizer("no-such-encoder")
    assert str(error.value) == (
        "the encoder 'no-such-encoder' is not at hand: there is no folder of that name, none "
        "under EMOCLI_ENCODERS, and the Hugging Face hub did not give it (HF_HUB_OFFLINE is set). "
        "Give the path of a folder that holds it, set EMOCLI_ENCODERS to the folder above, or go "
        "online and unset HF_HUB_OFFLINE to have it downloaded."
    )


def test_damaged_weights_are_refused(encoder: Path) -> None:
    weights = encoder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:2000])
    message = refusal(encoder)
    assert message.startswith(f"{encoder}: its weights are damaged (")
    assert message.endswith("); get the encoder again.")


def test_weights_that_lack_a_tensor_are_refused(encoder: Path) -> None:
    tensors = load_file(encoder / "model.safetensors")
    for name in ("weight", "bias"):
        del tensors[f"encoder.layer.1.output.dense.{name}"]
    save_file(tensors, encoder / "model.safetensors", {"format": "pt"})
    assert refusal(encoder) == (
        f"{encoder}: its weights do not fit its config.json (tensors missing or of another shape: "
        "2, first 'encoder.layer.1.output.dense.bias'); get the encoder again."
    )


def test_weights_of_another_size_are_refused(encoder: Path) -> None:
    configure(encoder, vocab_size=400)
    assert refusal(encoder) == (
        f"{encoder}: its weights do not fit its config.json (tensors missing or of another shape: "
        "1, first 'embeddings.word_embeddings.weight'); get the encoder again."
    )


def test_a_folder_without_weights_in_safetensors_is_refused(encoder: Path) -> None:
    (encoder / "model.safetensors").rename(encoder / "pytorch_model.bin")
    assert refusal(encoder).startswith(
        f"{encoder}: is not a pretrained encoder that can be read; expected config.json, "
        "model.safetensors and a tokenizer's files. transformers says: "
    )


def test_a_folder_without_a_tokenizer_is_refused(encoder: Path) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        (encoder / name).unlink()
    message = f"{encoder}: has no tokenizer; expected tokenizer.json beside config.json."
    assert refusal(encoder) == refusal(encoder, load_encoder_tokenizer) == message


def test_a_damaged_tokenizer_is_refused(encoder: Path) -> None:
    (encoder / "tokenizer.json").write_text('{"added_tokens": [], "model": {"type": "Odd"}}')
    assert refusal(encoder, load_encoder_tokenizer).startswith(
        f"{encoder}: is not a pretrained encoder that can be read; expected config.json, "
        "model.safetensors and a tokenizer's files. transformers says: "
    )


def test_a_folder_without_a_configuration_is_refused(encoder: Path) -> None:
    (encoder / "config.json").unlink()
    assert refusal(encoder) == (
        f"{encoder}: is not a pretrained encoder that can be read; expected config.json, "
        "model.safetensors and a tokenizer's files. transformers says: there is no config.json "
        "with a model_type."
    )


@pytest.mark.parametrize("kind", ["gpt2", "t5", "someone's own"])
@pytest.mark.parametrize("read", [load_encoder, load_encoder_tokenizer])
def test_a_model_that_is_no_text_encoder_is_refused(
    encoder: Path, kind: str, read: Callable[[str], object]
) -> None:
    configure(encoder, model_type=kind)
    assert refusal(encoder, read) == (
        f"{encoder}: is a model of the kind '{kind}', expected an encoder of one of the kinds: "
        "albert, bert, camembert, data2vec-text, deberta-v2, distilbert, electra, ernie, "
        "eurobert, megatron-bert, mobilebert, modernbert, mpnet, rembert, roberta, "
        "roberta-prelayernorm, xlm-roberta, xlm-roberta-xl, xlnet."
    )
    assert list(KINDS) == sorted(KINDS)


def test_code_that_comes_with_an_encoder_is_neither_run_nor_asked_for(
    encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda *words: pytest.fail("asked"))
    configure(encoder, auto_map={"AutoConfig": "own.Config", "AutoModel": "own.Model"})
    (encoder / "own.py").write_text("raise SystemExit('run')")
    assert isinstance(load_encoder(str(encoder))[0], BertModel)
