"""The Siamese network S of algorithm 1: how far two emotion representations are apart."""

from __future__ import annotations

from torch import Tensor, nn


class SiameseNetwork(nn.Module):
    """The same two layers for both representations, and the distance of what they make of them.

    It reads vectors, not texts, since stage 2 applies it to a reconstructed representation.
    """

    def __init__(self, representation_width: int, width: int) -> None:
        """Build the layers; there is no dropout in them."""
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(representation_width, width), nn.ReLU(), nn.Linear(width, width)
        )

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """L2 norm of the difference, (batch,), 0 or more: steps 6 and 12.

        Args:
            first, second: (batch, representation_width).
        """
        difference = self.layers(first).float() - self.layers(second).float()  # (batch, width)
        distance: Tensor = difference.norm(dim=-1)
        return distance

    def loss(self, first: Tensor, second: Tensor, different: Tensor) -> Tensor:
        """How far the distances are from 0 (same label) and 1 (another), step 6; () squared.

        Args:
            first, second: (batch, representation_width).
            different: (batch,), 0 or 1.
        """
        distances: Tensor = self(first, second)
        return (distances - different).square().mean()
