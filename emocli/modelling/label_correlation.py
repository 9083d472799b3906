"""A loss that parts the labels of a text from those that it does not have."""

from __future__ import annotations

from torch import Tensor


def correlation_loss(probabilities: Tensor, gold: Tensor) -> Tensor:
    """The label-correlation loss of SpanEmo (Alhuzali and Ananiadou 2021, section 3.3); ().

    The mean over all pairs of a label that a text does not have and one that it has of
    exp(the first's probability - the second's), then the mean over the texts; a text that has all
    labels or none contributes 0. Both arguments are (batch, n_labels) in [0, 1]; gold between 0
    and 1, a teacher's, weighs the pairs.
    """
    absent = 1 - gold
    # The exponential of a difference is a product, so its sum over the pairs is one of two sums.
    sums = (absent * probabilities.exp()).sum(-1) * (gold * (-probabilities).exp()).sum(-1)
    n_pairs = absent.sum(-1) * gold.sum(-1)  # (batch,)
    return (sums / n_pairs.clamp(min=1e-12)).mean()
