"""The contract that every method must pass: `check_method`, for our own tests and third parties'.

It trains the method with few, small options on a handful of sentences and checks shapes, padding,
order, batch size, seed, learning, saving, loading and predicting.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from emocli import models
from emocli.data.examples import Example, LabelledData
from emocli.inference.prediction import Predictor
from emocli.methods import Config, Method
from emocli.modelling.batches import Item, collate
from emocli.modelling.trained import Trained
from emocli.training.settings import Settings
from emocli.training.train import TrainingData, train

TOLERANCE = 1e-5
"""Largest difference between two scores that should be equal, in fp32."""

_LABELS = ("anger", "joy", "sadness")
_TEXTS = (
    ("so happy today", ("joy",)),
    ("what a happy and lovely morning", ("joy",)),
    ("i hate this awful queue", ("anger",)),
    ("they lied to us again , i am furious", ("anger",)),
    ("i miss her and cry every night", ("sadness",)),
    ("a grey and lonely sunday", ("sadness",)),
    ("furious and in tears , i hate losing him", ("anger", "sadness")),
    ("happy tears , i miss you all", ("joy", "sadness")),
)
_SENTIMENT = (
    ("so happy and lovely", "positive"),
    ("i love this morning", "positive"),
    ("i hate the queue", "negative"),
    ("awful , lonely and grey", "negative"),
)


def sample_data(role: str = "target", *, exclusive: bool = False) -> LabelledData:
    """A handful of labelled sentences; any role but `target` is a sentiment task."""
    if role != "target":
        rows = tuple(Example(str(n), text, (label,)) for n, (text, label) in enumerate(_SENTIMENT))
        return LabelledData(role, rows, ("negative", "positive"), True, "sample")
    rows = tuple(
        Example(str(n), text, labels)
        for n, (text, labels) in enumerate(_TEXTS)
        if not exclusive or len(labels) == 1
    )
    return LabelledData("sample", rows, _LABELS, exclusive, "sample")


@dataclass(frozen=True)
class Candidate:
    """A method with small options, and those that its bases are trained with."""

    method: Method
    config: Config
    bases: tuple[Candidate, ...] = ()

    @classmethod
    def of(
        cls, method: Method, options: Mapping[str, Any] | None = None, *bases: Candidate
    ) -> Candidate:
        """From options as `-o` takes them."""
        return cls(method, method.config_class().from_options(options or {}), bases)

    def quick(self) -> Candidate:
        """The same, trained for one epoch."""
        bases = tuple(base.quick() for base in self.bases)
        return Candidate(self.method, replace(self.config, epochs=1), bases)


def check_method(
    method: Method, options: Mapping[str, Any] | None = None, bases: Sequence[Candidate] = ()
) -> None:
    """Check one method against the contract.

    Args:
        options: small sizes and few epochs, so that the check takes seconds. With them the method
            must be able to learn eight sentences by heart.
        bases: what it builds upon, each as `Candidate.of(method, options)`.

    Raises:
        AssertionError: it breaks the contract; the message says where.
        UsageError: it builds upon more bases, or fewer.
    """
    check_candidate(Candidate.of(method, options, *bases))


def check_candidate(candidate: Candidate) -> None:
    """Check a method against the contract; one upon trained models brings these along.

    Raises:
        AssertionError: it breaks the contract; the message says where.
    """
    trained = train_candidate(candidate, Settings(seed=1))
    _check_shapes(trained)
    _check_padding(trained)
    _check_order_and_batches(trained)
    _check_long_texts(trained)
    _check_learns(trained)
    _check_saving(trained)
    _check_seed(candidate.quick())
    _check_exclusive(candidate.quick())


def train_candidate(
    candidate: Candidate, settings: Settings, *, exclusive: bool = False
) -> Trained:
    """Train a method, and its bases before it, on the handful of sentences."""
    target = sample_data(exclusive=exclusive)
    roles = {role: sample_data(role) for role in candidate.method.roles}
    bases = [train_candidate(base, settings, exclusive=exclusive) for base in candidate.bases]
    data = TrainingData(target, target, roles, bases)
    return train(candidate.method, candidate.config, data, settings)


def _texts() -> list[str]:
    return [text for text, _ in _TEXTS]


def _scores(trained: Trained, texts: list[str], **options: Any) -> Any:
    return Predictor(trained, **options).probabilities(texts)


def _check_shapes(trained: Trained) -> None:
    model = trained.model
    batch = model.batch([Item(model.tokenizer.encode(text)) for text in _texts()])
    with torch.no_grad():
        representation = model.represent(batch)
        logits = model(batch)
        attention = model.attention(batch)
    expect(len(representation) == len(_TEXTS), "represent() gives one row a text")
    expect(representation.dim() in (2, 3), "represent() is (batch, width) or with n_labels between")
    expect(tuple(logits.shape) == (len(_TEXTS), len(_LABELS)), "forward() is (batch, n_labels)")
    probabilities = model.probabilities(logits)
    expect(bool(((probabilities >= 0) & (probabilities <= 1)).all()), "probabilities in [0, 1]")
    if attention is not None:
        expect(attention.shape == batch.mask.shape, "attention() is (batch, length)")
        expect(float(attention[~batch.mask].abs().sum()) == 0, "attention() is 0 at padding")
        expect(bool((attention.sum(1) - 1).abs().max() < TOLERANCE), "attention() adds up to 1")


def _check_padding(trained: Trained) -> None:
    model = trained.model
    item = Item(model.tokenizer.encode(_TEXTS[0][0]))
    longer = Item(model.tokenizer.encode(" ".join(_texts())))
    pad = model.tokenizer.pad
    further = min(len(longer.ids) + 3, model.tokenizer.max_length)
    with torch.no_grad():
        alone = model(collate([item], pad).to(model.device))[0]
        for length in (0, further):
            padded = model(collate([item, longer], pad, length).to(model.device))[0]
            expect(bool((alone - padded).abs().max() <= TOLERANCE), "padding changes no score")


def _check_order_and_batches(trained: Trained) -> None:
    texts = [*_texts(), "", "😂", "a word never seen: zyzzyva"]
    together = _scores(trained, texts)
    expect(together.shape == (len(texts), len(_LABELS)), "one row of scores for each text")
    backwards = _scores(trained, texts[::-1])[::-1]
    expect(bool(np.abs(together - backwards).max() <= TOLERANCE), "order changes no score")
    singly = _scores(trained, texts, batch_tokens=1)
    expect(bool(np.abs(together - singly).max() <= TOLERANCE), "batch size changes no score")


def _check_long_texts(trained: Trained) -> None:
    predictor = Predictor(trained, max_length=16, long="split")
    scores = predictor.probabilities([" ".join(_texts())])
    expect(predictor.reader.n_long == 1, "a tokenizer cuts a long text into windows")
    expect(bool(((scores >= 0) & (scores <= 1)).all()), "a text in windows has probabilities")


def _check_learns(trained: Trained) -> None:
    jaccard = trained.about["dev"]["jaccard"]
    expect(jaccard >= 0.9, f"it learns eight sentences by heart (Jaccard {jaccard:.2f}, not 0.9)")


def _check_saving(trained: Trained) -> None:
    before = _scores(trained, _texts())
    with tempfile.TemporaryDirectory() as folder:
        models.save(trained, Path(folder) / "model")
        loaded = models.load(str(Path(folder) / "model"))
    expect(loaded.method == trained.method, "a loaded model knows its method")
    expect(loaded.model.labels == trained.model.labels, "a loaded model knows its labels")
    expect(np.allclose(loaded.thresholds, trained.thresholds, atol=1e-6), "thresholds are kept")
    after = _scores(loaded, _texts())
    expect(bool(np.abs(before - after).max() <= TOLERANCE), "a loaded model scores the same")


def _check_seed(candidate: Candidate) -> None:
    first, second, third = (
        _scores(train_candidate(candidate, Settings(seed=seed)), _texts()) for seed in (1, 1, 2)
    )
    expect(bool((first == second).all()), "the same seed gives the same model")
    expect(bool((first != third).any()), "another seed gives another model")


def _check_exclusive(candidate: Candidate) -> None:
    trained = train_candidate(candidate, Settings(seed=1), exclusive=True)
    scores = _scores(trained, _texts())
    expect(np.allclose(scores.sum(1), 1, atol=TOLERANCE), "exclusive labels' scores add up to 1")


def expect(holds: bool, what: str) -> None:
    """Raise AssertionError saying what the contract demands where it does not hold."""
    if not holds:
        raise AssertionError(f"the contract is broken: {what}")
