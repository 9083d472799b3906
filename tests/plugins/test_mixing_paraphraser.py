"""Paraphrases as candidates: T5's own words, and folders that need nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from emocli_mixing.config import MixingConfig
from emocli_mixing.model import EmbeddingMixing
from emocli_mixing.paraphraser import Paraphraser
from safetensors.torch import load_file, save_file
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from emocli import models
from emocli.errors import EmocliError, UsageError
from emocli.inference.prediction import Predictor
from emocli.modelling.batches import Item
from emocli.modelling.trained import Trained

TEXTS = ["so happy this morning", "i cry , i hate this awful morning !", "tears", "", "😂"]
TIED = {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight"}


def make_t5(folder: Path) -> Path:
    """Save a small T5 with random weights, in the layout of the Hugging Face hub."""
    from transformers import T5Config, T5ForConditionalGeneration, T5Tokenizer

    words = ["so", "happy", "today", "i", "hate", "love", "this", "morning", "cry", "miss"]
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -3.0)]
    pieces += [(f"▁{word}", -2.0) for word in words]
    pieces += [(letter, -5.0) for letter in "abcdefghijklmnopqrstuvwxyz,!:"]
    tokenizer = T5Tokenizer(vocab=pieces, extra_ids=0)
    torch.manual_seed(0)
    describe: Any = T5Config
    config = describe(
        vocab_size=len(pieces),
        d_model=16,
        d_kv=8,
        d_ff=32,
        num_layers=1,
        num_heads=2,
        decoder_start_token_id=0,
        tie_word_embeddings=True,
    )
    generator = T5ForConditionalGeneration(config)
    with torch.no_grad():
        for parameter in generator.parameters():
            parameter.mul_(3)  # as they come, it says the same word again and again
    generator.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_t5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small T5."""
    return make_t5(tmp_path_factory.mktemp("paraphrasers") / "tiny-t5")


@pytest.fixture
def paraphraser(tiny_t5: Path, tmp_path: Path) -> Path:
    """A copy of the small T5, to be changed."""
    return Path(shutil.copytree(tiny_t5, tmp_path / "t5"))


@pytest.fixture(scope="session")
def trained(mix: Callable[..., Trained], tiny_t5: Path) -> Trained:
    return mix(weight=0.5, candidates="paraphrase", paraphraser=str(tiny_t5), paraphrase_length=12)


def prepared(folder: Path, **options: Any) -> Paraphraser:
    chosen = {"paraphraser": str(folder), "paraphrase_length": 12, **options}
    found = Paraphraser(MixingConfig(candidates="paraphrase", **chosen))
    found.prepare()
    return found


def written_by_transformers(folder: Path, text: str, **options: Any) -> str:
    """What transformers' own classes make of one text."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    generator = AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    asked = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        ids = generator.generate(**asked, max_new_tokens=12, do_sample=False, **options)
    return str(tokenizer.decode(ids[0], skip_special_tokens=True))


@pytest.mark.parametrize("beams", [1, 3])
def test_paraphrases_are_what_transformers_writes(tiny_t5: Path, beams: int) -> None:
    texts = ["so happy", "i hate this awful morning !", "today"]
    found = prepared(tiny_t5, beams=beams).paraphrase(texts)
    assert found == [
        written_by_transformers(tiny_t5, f"paraphrase: {text}", num_beams=beams).strip()
        for text in texts
    ]
    assert len(set(found)) > 1


def test_the_prefix_stands_before_a_text(tiny_t5: Path) -> None:
    for prefix, asked in (("say so:", "say so: so happy"), ("", "so happy")):
        found = prepared(tiny_t5, prefix=prefix).paraphrase(["so happy"])
        assert found == [written_by_transformers(tiny_t5, asked).strip()]


def test_a_text_is_mixed_with_its_paraphrase(trained: Trained, tiny_t5: Path) -> None:
    model = trained.model
    assert isinstance(model, EmbeddingMixing)
    tokenizer = model.base.tokenizer
    texts = [tokenizer.encode(text) for text in TEXTS[:3]]
    read = "i cry, i hate this awful morning!"  # as the base's pieces spell it
    written = written_by_transformers(tiny_t5, f"paraphrase: {read}")
    batch = model.batch([Item(ids) for ids in texts])
    found = model.candidates.find(model.base, batch)
    assert found[1] == tokenizer.encode(written) != texts[1]
    with torch.no_grad():
        expected = model.represent(batch, found)
        torch.testing.assert_close(model.represent(batch), expected)


def test_neither_order_nor_batches_change_an_answer(trained: Trained) -> None:
    together = Predictor(trained).probabilities(TEXTS)
    backwards = Predictor(trained, batch_tokens=1).probabilities(TEXTS[::-1])[::-1]
    assert backwards == pytest.approx(together, abs=1e-5)


def test_a_text_without_pieces_has_no_paraphrase(trained: Trained) -> None:
    model = trained.model
    assert isinstance(model, EmbeddingMixing)
    rows = [tuple(model.tokenizer.encode(text)) for text in ("", "so happy")]
    found = model.candidates.find(model.base, model.batch([Item(ids) for ids in rows]))
    assert found[0] == rows[0]
    assert found[1] != rows[1]


def test_where_the_paraphraser_says_nothing_a_text_stays_unmixed(
    mix: Callable[..., Trained], make_base: Callable[..., Trained], paraphraser: Path
) -> None:
    silent = load_file(paraphraser / "model.safetensors")
    silent = {name: torch.zeros_like(value) for name, value in silent.items()}
    save_file(silent, paraphraser / "model.safetensors", {"format": "pt"})
    unmixed = Predictor(make_base()).probabilities(TEXTS)
    # All logits are 0, and of equals the first is taken: padding, which says nothing.
    mixed = mix(weight=0.5, candidates="paraphrase", paraphraser=str(paraphraser))
    assert Predictor(mixed).probabilities(TEXTS) == pytest.approx(unmixed, abs=1e-6)


def test_a_folder_predicts_without_the_paraphrasers_folder(
    mix: Callable[..., Trained], paraphraser: Path, tmp_path: Path
) -> None:
    trained = mix(
        weight=0.5, candidates="paraphrase", paraphraser=str(paraphraser), paraphrase_length=12
    )
    before = Predictor(trained).probabilities(TEXTS)
    models.save(trained, tmp_path / "mixed")
    shutil.rmtree(paraphraser)
    loaded = models.load(str(tmp_path / "mixed"))
    assert Predictor(loaded).probabilities(TEXTS) == pytest.approx(before, abs=1e-6)
    again = loaded.model.own_state()
    assert all(torch.equal(again[name], x) for name, x in trained.model.own_state().items())
    card = (tmp_path / "mixed" / "README.md").read_text(encoding="utf-8")
    assert card.endswith(
        f"This folder holds the paraphraser `{paraphraser}`: its licence holds for the folder "
        "too.\n"
    )


def test_weights_that_share_memory_are_kept_once(trained: Trained) -> None:
    names = {name.removeprefix("candidates.weights.") for name in trained.model.own_state()}
    assert "shared.weight" in names
    assert not TIED & names
    n_kept = sum(value.numel() for value in trained.model.own_state().values())
    assert isinstance(trained.model, EmbeddingMixing)
    base = sum(p.numel() for p in trained.model.base.parameters())
    n_bytes = len(trained.model.own_state()["candidates.description"])
    assert trained.about["parameters"] == base + n_kept - n_bytes


def test_embeddings_of_their_own_for_writing_are_kept_too(paraphraser: Path) -> None:
    whole = load_file(paraphraser / "model.safetensors")
    torch.manual_seed(6)
    whole["lm_head.weight"] = torch.randn_like(whole["shared.weight"])
    save_file(whole, paraphraser / "model.safetensors", {"format": "pt"})
    config = json.loads((paraphraser / "config.json").read_text()) | {"tie_word_embeddings": False}
    (paraphraser / "config.json").write_text(json.dumps(config))
    first = prepared(paraphraser)
    again = prepared(paraphraser)
    again.take(first.kept())
    for generator in (first.generator, again.generator):
        assert torch.equal(generator.lm_head.weight, whole["lm_head.weight"])
        assert torch.equal(generator.shared.weight, whole["shared.weight"])
        assert generator.encoder.embed_tokens.weight is generator.shared.weight
    expected = written_by_transformers(paraphraser, "paraphrase: so happy", num_beams=3).strip()
    again = prepared(paraphraser, beams=3)
    again.take(first.kept())
    assert again.paraphrase(["so happy"]) == [expected]


@pytest.mark.parametrize(
    ("lost", "message"),
    [
        ("description", "the description of the paraphraser is not there"),
        (
            "weights.shared.weight",
            "the weights of the paraphraser are not those of its description",
        ),
    ],
)
def test_a_paraphraser_that_is_not_whole_is_refused(tiny_t5: Path, lost: str, message: str) -> None:
    found = prepared(tiny_t5)
    kept = {name: value for name, value in found.kept().items() if name != lost}
    with pytest.raises(RuntimeError) as caught:
        found.take(kept)
    assert str(caught.value) == message


def test_without_a_paraphraser_there_are_no_paraphrases(mix: Callable[..., Trained]) -> None:
    with pytest.raises(UsageError) as caught:
        mix(candidates="paraphrase")
    assert str(caught.value) == (
        "option 'candidates' is 'paraphrase', which needs a sequence-to-sequence model: add "
        "-o paraphraser=MODEL, a folder or a name on the Hugging Face hub."
    )


def refusal(name: Path | str) -> str:
    with pytest.raises(EmocliError) as caught:
        prepared(Path(name))
    return str(caught.value)


def test_a_paraphraser_that_is_not_at_hand_tells_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.delenv("EMOCLI_ENCODERS", raising=False)
    assert refusal("no-such-t5") == (
        "the paraphraser 'no-such-t5' is not at hand: there is no folder of that name, none under "
        "EMOCLI_ENCODERS, and the Hugging Face hub did not give it (HF_HUB_OFFLINE is set). Give "
        "the path of a folder that holds it, set EMOCLI_ENCODERS to the folder above, or go online "
        "and unset HF_HUB_OFFLINE to have it downloaded."
    )


def test_a_paraphraser_may_lie_in_the_folder_of_encoders(
    tiny_t5: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMOCLI_ENCODERS", str(tiny_t5.parent))
    assert prepared(Path(tiny_t5.name)).paraphrase(["so happy"])


def test_an_encoder_is_no_paraphraser(tiny_encoder: Path) -> None:
    assert refusal(tiny_encoder) == (
        f"{tiny_encoder}: is a model of the kind 'bert', expected a sequence-to-sequence model "
        "such as t5."
    )


def test_weights_that_are_missing_are_told(paraphraser: Path) -> None:
    whole = load_file(paraphraser / "model.safetensors")
    del whole["decoder.final_layer_norm.weight"]
    save_file(whole, paraphraser / "model.safetensors", {"format": "pt"})
    assert refusal(paraphraser) == (
        f"{paraphraser}: its weights do not fit its config.json (tensors missing or of another "
        "shape: 1, first 'decoder.final_layer_norm.weight'); get the paraphraser again."
    )


def test_weights_that_would_be_unpickled_are_not_read(paraphraser: Path) -> None:
    weights = load_file(paraphraser / "model.safetensors")
    torch.save(weights, paraphraser / "pytorch_model.bin")
    (paraphraser / "model.safetensors").unlink()
    assert refusal(paraphraser).startswith(
        f"{paraphraser}: is not a pretrained paraphraser that can be read; expected config.json, "
        "model.safetensors and a tokenizer's files. transformers says: "
    )


def test_the_folder_says_how_the_paraphraser_is_built(trained: Trained) -> None:
    kept = trained.model.own_state()["candidates.description"]
    assert kept.dtype == torch.uint8
    told = json.loads(bytes(kept.tolist()))
    assert told["config"]["model_type"] == "t5"
    assert told["marks"] == {"pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0}
    assert json.loads(told["tokenizer"])["model"]["type"] == "Unigram"
