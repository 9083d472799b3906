"""Small models of the DATN family, and texts for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from emocli.modelling.batches import Item
from emocli.modelling.labels import Labels
from emocli.modelling.tokenizer import WordTokenizer
from emocli.plugins import registry

EMOTIONS = Labels(("anger", "joy", "sadness"))
SENTIMENT = Labels(("negative", "positive"), exclusive=True)
WORDS = WordTokenizer([("happy", -1.0), ("sad", -1.0), ("today", -1.0), ("so", -1.0)])
FIRST = len(WORDS.vocabulary) - 4


@pytest.fixture(scope="session")
def target() -> list[Item]:
    """Two labelled texts, of two words and of one."""
    return [Item([FIRST, FIRST + 2], [0.0, 1.0, 0.0]), Item([FIRST + 3], [1.0, 0.0, 1.0])]


@pytest.fixture(scope="session")
def source() -> list[Item]:
    """Two texts of the sentiment task, of one word and of three."""
    return [
        Item([FIRST + 1], [1.0, 0.0], "source"),
        Item([FIRST + 3, FIRST, FIRST + 2], [0.0, 1.0], "source"),
    ]


@pytest.fixture(scope="session")
def make_datn() -> Callable[..., Any]:
    """Make a small model of a method, the same at every call, without dropout.

    Called with the method's name, more of its options, and the labels. Branches are `hidden_width`
    4 wide in each direction.
    """

    def make(name: str, labels: Labels = EMOTIONS, **options: Any) -> Any:
        method = registry().method(name)
        small = {"embedding_width": 8, "hidden_width": 4, "attention_width": 4, "head_width": 4}
        config = method.config.from_options({**small, "dropout": 0.0, **options})
        roles = dict.fromkeys(method.roles, SENTIMENT)
        torch.manual_seed(5)
        model = method.model_class()(config, labels, WORDS, **roles)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(3)  # as they come, all attention is nearly even
        return model

    return make
