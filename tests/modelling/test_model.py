from __future__ import annotations

import math
from collections.abc import Iterable

import pytest
import torch
from torch import Tensor, nn

from emocli.methods import Config
from emocli.modelling.batches import Batch, Item
from emocli.modelling.labels import Labels
from emocli.modelling.model import Model
from emocli.modelling.tokenizer import Tokenizer, WordTokenizer

NAMES = ("anger", "joy", "sadness")


class Fixed(Model):
    """Its logits are the same for every text."""

    def __init__(self, config: Config, labels: Labels, tokenizer: Tokenizer) -> None:
        super().__init__(config, labels, tokenizer)
        self.logits = nn.Parameter(torch.tensor([0.0, math.log(3), -math.log(3)]))

    @classmethod
    def make_tokenizer(cls, config: Config, texts: Iterable[str]) -> Tokenizer:
        return WordTokenizer.build(texts, min_count=1)

    def represent(self, batch: Batch) -> Tensor:
        return torch.ones(len(batch.ids), 1)

    def classify(self, representation: Tensor) -> Tensor:
        return representation * self.logits


def model(exclusive: bool = False) -> Fixed:
    tokenizer = WordTokenizer([("happy", -1.0)])
    return Fixed(Config(), Labels(NAMES, exclusive), tokenizer)


def test_a_model_says_what_it_cannot_do_without() -> None:
    with pytest.raises(TypeError, match=r"abstract methods? classify, make_tokenizer, represent"):
        Model(Config(), Labels(NAMES), WordTokenizer([]))  # type: ignore[abstract]


def test_logits_are_the_classes_of_the_representation() -> None:
    fixed = model()
    logits = fixed(fixed.batch([Item([7]), Item([7, 7])]))
    assert logits.shape == (2, 3)
    assert torch.equal(logits[1], fixed.logits)


def test_labels_that_may_go_together_are_probable_each_for_itself() -> None:
    probabilities = model().probabilities(model().logits)
    torch.testing.assert_close(probabilities, torch.tensor([1 / 2, 3 / 4, 1 / 4]))


def test_exclusive_labels_share_one_probability() -> None:
    probabilities = model(exclusive=True).probabilities(model().logits)
    torch.testing.assert_close(probabilities, torch.tensor([3 / 13, 9 / 13, 1 / 13]))


def test_the_loss_of_labels_that_may_go_together_is_their_mean_cross_entropy() -> None:
    loss = model().loss([Item([7], [1.0, 1.0, 0.0]), Item([7, 7], [0.0, 0.0, 0.0])])
    terms = [1 / 2, 3 / 4, 3 / 4, 1 / 2, 1 / 4, 3 / 4]
    assert loss.item() == pytest.approx(-sum(map(math.log, terms)) / 6)


def test_the_loss_of_exclusive_labels_is_the_cross_entropy_of_the_gold_one() -> None:
    loss = model(exclusive=True).loss([Item([7], [0.0, 1.0, 0.0]), Item([7], [1.0, 0.0, 0.0])])
    assert loss.item() == pytest.approx(-(math.log(9 / 13) + math.log(3 / 13)) / 2)


def test_a_text_without_a_target_teaches_nothing() -> None:
    with pytest.raises(ValueError, match=r"^a training batch needs targets$"):
        model().loss([Item([7])])


def test_a_model_need_not_say_what_it_attends_to() -> None:
    fixed = model()
    assert fixed.attention(fixed.batch([Item([7])])) is None


def test_batches_are_made_where_the_model_is() -> None:
    fixed = model()
    assert fixed.device == torch.device("cpu")
    batch = fixed.batch([Item([7, 7]), Item([7])])
    assert batch.ids.tolist() == [[7, 7], [7, fixed.tokenizer.pad]]
    assert fixed.to("meta").device == torch.device("meta")


def test_texts_that_are_answered_come_in_a_few_lengths() -> None:
    fixed = model()
    items = [Item([7] * 17), Item([7])]
    assert fixed.batch(items).ids.shape == (2, 17)
    fixed.eval()
    assert fixed.batch(items).ids.shape == (2, 18)
    fixed.tokenizer.max_length = 17
    assert fixed.batch(items).ids.shape == (2, 17)


def test_roles_are_known_to_the_model() -> None:
    sentiment = Labels(("negative", "positive"), exclusive=True)

    class Two(Fixed):
        def __init__(
            self, config: Config, labels: Labels, tokenizer: Tokenizer, source: Labels
        ) -> None:
            Model.__init__(self, config, labels, tokenizer, source=source)

    two = Two(Config(), Labels(NAMES), WordTokenizer([]), source=sentiment)
    assert two.roles == {"source": sentiment}
    assert model().roles == {}
