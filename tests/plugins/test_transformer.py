"""Fine-tuned encoders: transformers' own numbers, and folders that need nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from emocli import models
from emocli.errors import EmocliError
from emocli.inference.prediction import Predictor
from emocli.modelling.batches import Item
from emocli.modelling.pretrained_tokenizer import PretrainedTokenizer
from emocli.modelling.trained import Trained
from emocli.plugins import registry
from emocli.testing import sample_data
from emocli.training.run import Settings
from emocli.training.train import TrainingData, train


def fine_tuned(encoder: Path, **options: object) -> Trained:
    method = registry().method("bert")
    config = method.config.from_options({"encoder": str(encoder), "epochs": 1, **options})
    data = sample_data()
    return train(method, config, TrainingData(data, data), Settings())


def test_a_representation_is_the_mean_of_transformers_own_states(tiny_encoder: Path) -> None:
    trained = fine_tuned(tiny_encoder)
    trained.model.prepare()
    trained.model.eval()
    text = "so happy today , i cry"
    encoded = AutoTokenizer.from_pretrained(tiny_encoder)(text, return_tensors="pt")
    with torch.no_grad():
        expected = AutoModel.from_pretrained(tiny_encoder)(**encoded).last_hidden_state[0].mean(0)
        batch = trained.model.batch([Item(trained.model.tokenizer.encode(text))])
        found = trained.model.represent(batch)[0]
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)


def test_pooling_first_is_the_state_of_the_first_mark(tiny_encoder: Path) -> None:
    trained = fine_tuned(tiny_encoder, pooling="first")
    batch = trained.model.batch([Item(trained.model.tokenizer.encode("so happy"))])
    with torch.no_grad():
        states = trained.model.encoder(input_ids=batch.ids, attention_mask=batch.mask.long())
        found = trained.model.represent(batch)
    torch.testing.assert_close(found, states.last_hidden_state[:, 0])


def test_a_model_folder_predicts_without_the_encoders_folder(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    encoder = tmp_path / "encoder"
    shutil.copytree(tiny_encoder, encoder)
    trained = fine_tuned(encoder)
    texts = ["so happy", "", "😂", "lone \ud83d surrogate", "x" * 5000]
    before = Predictor(trained).probabilities(texts)
    models.save(trained, tmp_path / "model")
    shutil.rmtree(encoder)
    after = Predictor(models.load(str(tmp_path / "model"))).probabilities(texts)
    np.testing.assert_allclose(after, before, atol=1e-6)


def test_read_as_a_tweet_an_emoji_becomes_its_name(tiny_encoder: Path) -> None:
    tokenizer = PretrainedTokenizer.of_encoder(str(tiny_encoder), tweets=True, max_length=32)
    assert tokenizer.tokens(tokenizer.encode("so happy 😂")) == [
        *("[CLS]", "so", "happy", "face", "w", "##i", "##t", "##h"),
        *("tears", "of", "joy", "[SEP]"),
    ]
    plain = PretrainedTokenizer.of_encoder(str(tiny_encoder), tweets=False, max_length=32)
    assert plain.tokens(plain.encode("so happy 😂")) == ["[CLS]", "so", "happy", "[UNK]", "[SEP]"]


def test_a_text_is_cut_to_what_the_encoder_reads(tiny_encoder: Path) -> None:
    tokenizer = PretrainedTokenizer.of_encoder(str(tiny_encoder), tweets=True, max_length=512)
    ids = tokenizer.encode("so happy today " * 100)
    assert len(ids) == tokenizer.max_length == 64
    assert tokenizer.tokens(ids)[-1] == "[SEP]"


def test_a_longer_text_is_scored_as_its_beginning_and_counted(tiny_encoder: Path) -> None:
    predictor = Predictor(fine_tuned(tiny_encoder))
    long, cut = "so happy today " * 100, "so happy today " * 20 + "so happy"
    scores = predictor.probabilities([long, cut])
    np.testing.assert_allclose(scores[0], scores[1], atol=1e-6)
    assert predictor.truncated == 1


def test_an_encoder_that_is_not_at_hand_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EmocliError, match=r"^the encoder 'no-such-encoder' is not at hand: "):
        PretrainedTokenizer.of_encoder("no-such-encoder", tweets=True, max_length=32)
