"""Several models as one: how they read a text, what they answer, how they are kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from emocli_ensemble.model import Ensemble
from emocli_ensemble.tokenizer import JoinedTokenizer

from emocli import models
from emocli.errors import UsageError
from emocli.evaluation.thresholds import fit_thresholds
from emocli.inference.prediction import Predictor
from emocli.methods import Config
from emocli.modelling.batches import Item
from emocli.modelling.labels import Labels
from emocli.modelling.reader import LongTextError, Policy, Reader
from emocli.modelling.tokenizer import WordTokenizer
from emocli.modelling.trained import Trained
from emocli.plugins import registry
from emocli.testing import sample_data
from emocli.training.settings import Settings
from emocli.training.train import TrainingData, train

EMOTIONS = ("anger", "joy", "sadness")
TEXTS = ["so happy today", "", "😀", "i am sad ! so sad"]


@pytest.fixture(scope="module")
def members(make_model: Callable[..., Path]) -> list[Trained]:
    """A softmax and a sigmoid model of different widths."""
    folders = (
        make_model("first", EMOTIONS, output="softmax"),
        make_model("second", EMOTIONS, hidden_width=6),
    )
    return [models.load(str(folder)) for folder in folders]


@pytest.fixture
def ensemble(members: list[Trained]) -> Trained:
    data = sample_data()
    return train(
        registry().method("ensemble"), Config(), TrainingData(data, data, bases=members), Settings()
    )


def test_each_part_of_a_row_has_its_length_before_it(members: list[Trained]) -> None:
    tokenizer = JoinedTokenizer([member.model.tokenizer for member in members])
    first = members[0].model.tokenizer.encode("so happy")
    assert tokenizer.encode("so happy") == [2, *first, 2, *first]
    assert tokenizer.split([*tokenizer.encode("so happy"), 0, 0]) == [first, first]
    assert tokenizer.tokens(tokenizer.encode("so happy")) == ["", "so", "happy", "", "so", "happy"]
    assert max(tokenizer.encode("so happy " * 300)) < len(tokenizer)
    assert len(tokenizer.encode("so happy " * 300)) == 2 + sum(
        part.max_length for part in tokenizer.parts
    )


@pytest.fixture
def unlike() -> JoinedTokenizer:
    """Parts that read two, three and nine words."""
    words = [("happy", -1.0), ("sad", -1.0)]
    return JoinedTokenizer([WordTokenizer(words, max_length=longest) for longest in (2, 3, 9)])


def test_a_text_that_is_cut_has_a_row_for_each_window_of_each_part(unlike: JoinedTokenizer) -> None:
    happy, sad = (unlike.parts[0].encode(word)[0] for word in ("happy", "sad"))
    rows = unlike.windows("happy happy sad sad")
    assert [unlike.split(row) for row in rows] == [
        [[happy, happy], [], []],
        [[sad, sad], [], []],
        [[], [happy, happy, sad], []],
        [[], [sad], []],
        [[], [], [happy, happy, sad, sad]],
    ]
    assert unlike.weights(rows) == [1 / 2, 1 / 2, 3 / 4, 1 / 4, 1]


def test_the_first_window_is_what_every_part_reads_first(unlike: JoinedTokenizer) -> None:
    happy, sad = (unlike.parts[0].encode(word)[0] for word in ("happy", "sad"))
    whole = [2, happy, happy, 3, happy, happy, sad, 4, happy, happy, sad, sad]
    assert unlike.windows("happy happy sad sad", most=1) == [whole, whole]
    assert unlike.windows("happy sad", 1, most=1) == [[1, happy] * 3] * 2


def test_the_limit_that_is_told_is_that_of_the_member_which_reads_least(
    unlike: JoinedTokenizer,
) -> None:
    with pytest.raises(LongTextError) as caught:
        Reader(unlike, "error").read(["happy sad happy"])
    assert caught.value.max_length == 2


@pytest.mark.parametrize("policy", ["truncate", "split"])
def test_long_texts_have_the_mean_of_the_members_answers(
    members: list[Trained], ensemble: Trained, policy: Policy
) -> None:
    """Members that cut a text at other places each answer as they would alone."""
    shorter = replace(members[0], model=deepcopy(members[0].model))
    shorter.model.tokenizer.max_length = 100
    data = sample_data()
    method = registry().method("ensemble")
    for bases in ([shorter, members[1]], [ensemble, shorter]):
        together = train(method, Config(), TrainingData(data, data, bases=bases), Settings())
        texts = ["so happy " * 150 + "sad " * 60, "so happy", "sad i am " * 40]
        first, second = (Predictor(base, long=policy).probabilities(texts) for base in bases)
        found = Predictor(together, long=policy).probabilities(texts)
        assert found == pytest.approx((first + second) / 2, abs=1e-6)
        assert np.abs(first - second).max() > 0.05


def test_the_answer_is_the_mean_of_the_members_answers(
    ensemble: Trained, members: list[Trained]
) -> None:
    first, second = (Predictor(member).probabilities(TEXTS) for member in members)
    assert np.abs(first - second).max() > 0.05
    together = Predictor(ensemble).probabilities(TEXTS)
    assert together == pytest.approx((first + second) / 2, abs=1e-6)


def test_certain_members_give_finite_logits(ensemble: Trained) -> None:
    logits = ensemble.model.classify(torch.tensor([[0.0, 1.0, 0.5]]))
    assert torch.isfinite(logits).all()
    assert ensemble.model.probabilities(logits)[0].tolist() == pytest.approx([0, 1, 0.5], abs=1e-6)


def test_thresholds_are_fitted_to_the_mean(ensemble: Trained, members: list[Trained]) -> None:
    data = sample_data()
    texts = [example.text for example in data.examples]
    gold = np.array([[name in example.labels for name in EMOTIONS] for example in data.examples])
    mean = np.mean([Predictor(member).probabilities(texts) for member in members], axis=0)
    expected = fit_thresholds(gold, mean, metric="jaccard", per_label=False)
    assert ensemble.thresholds == pytest.approx(expected, abs=1e-6)
    assert ensemble.about["history"] == []
    assert [base["method"] for base in ensemble.about["bases"]] == ["bilstm", "bilstm"]


def test_a_folder_holds_the_members_and_needs_nothing_else(
    ensemble: Trained, members: list[Trained], tmp_path: Path
) -> None:
    models.save(ensemble, tmp_path / "both")
    described = json.loads((tmp_path / "both" / "model.json").read_text(encoding="utf-8"))
    assert described["bases"] == ["base-1", "base-2"]
    assert models.load(str(tmp_path / "both" / "base-2")).method == "bilstm"
    moved = Path(shutil.move(tmp_path / "both", tmp_path / "elsewhere"))
    before = Predictor(ensemble).probabilities(TEXTS)
    assert (Predictor(models.load(str(moved))).probabilities(TEXTS) == before).all()


def test_an_ensemble_can_be_a_member(ensemble: Trained, members: list[Trained]) -> None:
    data = sample_data()
    method = registry().method("ensemble")
    bases = [ensemble, members[0]]
    nested = train(method, Config(), TrainingData(data, data, bases=bases), Settings())
    first, second = (Predictor(member).probabilities(TEXTS) for member in members)
    expected = (first + second) / 4 + first / 2
    assert Predictor(nested).probabilities(TEXTS) == pytest.approx(expected, abs=1e-6)


def test_members_of_another_task_are_refused(
    members: list[Trained], make_model: Callable[..., Path]
) -> None:
    other = models.load(str(make_model("other", ("joy", "sadness"))))
    with pytest.raises(UsageError) as caught:
        tokenizer = JoinedTokenizer([member.model.tokenizer for member in members])
        Ensemble(Config(), Labels(EMOTIONS), tokenizer, [members[0], other])
    assert str(caught.value) == (
        "the base 'bilstm' has the labels joy, sadness; expected anger, joy, sadness."
    )


@pytest.mark.parametrize(
    ("method", "n_bases", "message"),
    [
        (
            "ensemble",
            1,
            "method 'ensemble' builds upon several trained models, got 1; each --base MODEL "
            "names one.",
        ),
        (
            "bilstm",
            1,
            "method 'bilstm' builds upon no other model, got 1; each --base MODEL names one.",
        ),
    ],
)
def test_too_few_or_too_many_bases_are_refused(
    members: list[Trained], method: str, n_bases: int, message: str
) -> None:
    data = sample_data()
    chosen = registry().method(method)
    with pytest.raises(UsageError) as caught:
        train(
            chosen,
            chosen.config_class().from_options({}),
            TrainingData(data, data, bases=members[:n_bases]),
            Settings(),
        )
    assert str(caught.value) == message


def test_all_members_must_be_quick_in_bfloat16(
    members: list[Trained], make_base: Callable[..., Trained], monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = make_base()
    monkeypatch.setattr(type(members[0].model.config), "quick_in_bf16", False)

    def quick(*joined: Trained) -> bool:
        tokenizer = JoinedTokenizer([member.model.tokenizer for member in joined])
        return Ensemble(Config(), encoder.model.labels, tokenizer, joined).quick_in_bf16

    assert quick(encoder, encoder)
    assert not quick(encoder, members[0])


def test_a_batch_falls_into_one_batch_a_member(ensemble: Trained) -> None:
    model = ensemble.model
    assert isinstance(model, Ensemble)
    items = [Item(model.tokenizer.encode(text)) for text in ("so happy", "so")]
    first, second = (part for _, _, part in model.parts(model.batch(items)))
    assert first.lengths.tolist() == second.lengths.tolist() == [2, 1]
    assert first.mask.tolist() == [[True, True], [True, False]]


def test_members_do_not_learn_nor_drop_anything_out(ensemble: Trained) -> None:
    model = ensemble.model.train()
    assert isinstance(model, Ensemble)
    assert model.training and not any(part.training for part in model.members.modules())
    assert not any(parameter.requires_grad for parameter in model.members.parameters())
