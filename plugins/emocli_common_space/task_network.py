"""The networks that are trained first, one a task, and how a later training takes them over."""

from __future__ import annotations

from typing import cast

from torch import nn

from emocli.errors import UsageError
from emocli.modelling.classifying_encoder import ClassifyingEncoder
from emocli.modelling.labels import Labels
from emocli.modelling.layers import feed_forward
from emocli.modelling.trained import Trained, refuse_other_labels
from emocli_common_space.config import SpaceConfig


class TaskNetwork(ClassifyingEncoder):
    """An encoder, a linear layer and a prediction layer: steps 1 and 2 of algorithm 1."""

    config: SpaceConfig
    may_be_frozen = False

    def new_head(self) -> nn.Module:
        """The layers that step 3 takes off again, from (batch, width) to (batch, n_labels)."""
        c = self.config
        return feed_forward(self.width, c.head_width, len(self.labels), c.dropout)

    def take_over(self, other: TaskNetwork) -> None:
        """Copy the weights of a trained one.

        Raises:
            UsageError: it is of another shape.
        """
        try:
            self.load_state_dict(other.state_dict())
        except RuntimeError:
            raise UsageError(
                "the base has layers of other sizes; give it the same -o encoder and -o head_width."
            ) from None


def trained_networks(
    base: Trained, emotion: TaskNetwork, sentiment: Labels
) -> tuple[TaskNetwork, TaskNetwork]:
    """The emotion and the sentiment network of a trained model of the family.

    Args:
        emotion: what is to take the first one's place.
        sentiment: the labels that the second one must know.

    Raises:
        UsageError: it is of another family, knows other labels, or reads texts otherwise.
    """
    refuse_other_labels(base, emotion.labels, "the base")
    found = getattr(base.model, "emotion", None), getattr(base.model, "sentiment", None)
    if not all(isinstance(network, TaskNetwork) for network in found):
        raise UsageError(
            f"the base '{base.method}' has no encoders of emotion and of sentiment; expected a "
            "model of common-space, common-space-3.1 or common-space-3.2."
        )
    ours, theirs = cast("tuple[TaskNetwork, TaskNetwork]", found)
    if theirs.labels != sentiment:
        raise UsageError(
            f"the base '{base.method}' has learnt the sentiments {', '.join(theirs.labels.names)}; "
            f"expected {', '.join(sentiment.names)}."
        )
    pooled_alike = emotion.config.pooling == ours.config.pooling
    if not (pooled_alike and emotion.tokenizer.reads_like(ours.tokenizer)):
        raise UsageError(
            f"the base '{base.method}' reads texts otherwise; give it the same -o encoder, "
            "-o tweets, -o max_length and -o pooling."
        )
    return ours, theirs
