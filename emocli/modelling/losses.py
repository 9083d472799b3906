"""The loss of labels that share one probability though several may be right."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from emocli.modelling.batches import Batch


def distribution_loss(logits: Tensor, batch: Batch) -> Tensor:
    """KL divergence between the batch's normalised targets and the softmax of logits, () nats.

    The targets are divided by their sum (datn section 2.1). Mean over all texts, of which
    one without a label adds 0.

    Args:
        logits: (batch, n_labels).
    """
    gold = batch.gold()
    total = gold.sum(-1, keepdim=True)
    targets = gold / total.clamp(min=1e-12)
    log_probabilities = logits.float().log_softmax(-1)
    return F.kl_div(log_probabilities, targets, reduction="batchmean")
