"""The contract of a model: what a method implements and what it inherits."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from emocli.modelling.batches import Batch, Item, collate, one_of_few
from emocli.modelling.labels import Labels
from emocli.modelling.tokenizer import Tokenizer
from emocli.reporting import SILENT, Reporter

if TYPE_CHECKING:
    from emocli.modelling.trained import Trained
    from emocli.training.run import Run


class Model(nn.Module, ABC):
    """An architecture with its tokenizer and labels.

    A method with roles takes the labels of each as a keyword, for example
    `def __init__(self, config, labels, tokenizer, source)`.
    """

    bases: tuple[Trained, ...] = ()
    """The trained models that it builds upon; see `Composite`."""

    takes_threads: ClassVar[bool] = False
    """Whether several threads may have it answer at once: nothing in it changes meanwhile."""

    def __init__(self, config: Any, labels: Labels, tokenizer: Tokenizer, **roles: Labels) -> None:
        """Build the architecture: no file, no download, no device."""
        super().__init__()
        self.config = config
        self.labels = labels
        self.tokenizer = tokenizer
        self.roles = roles

    @property
    def quick_in_bf16(self) -> bool:
        """Whether it answers in bf16 on a processor that has the instructions by itself."""
        return bool(self.config.quick_in_bf16)

    @classmethod
    def settle(cls, config: Any, labels: Labels) -> Any:
        """The options with what their files say in place of the files' names; training only.

        A model folder keeps these. Settled options stay as they are.
        """
        return config

    @classmethod
    @abstractmethod
    def make_tokenizer(cls, config: Any, texts: Iterable[str]) -> Tokenizer:
        """The tokenizer for a training on these texts (target and source); training only."""

    @abstractmethod
    def represent(self, batch: Batch) -> Tensor:
        """(batch, width), or (batch, n_labels, width) where each label has its own."""

    @abstractmethod
    def classify(self, representation: Tensor) -> Tensor:
        """Logits, (batch, n_labels)."""

    def forward(self, batch: Batch) -> Tensor:
        """Logits, (batch, n_labels)."""
        return self.classify(self.represent(batch))

    def probabilities(self, logits: Tensor) -> Tensor:
        """(batch, n_labels) in [0, 1]: softmax of exclusive labels, else sigmoid."""
        return logits.softmax(-1) if self.labels.exclusive else logits.sigmoid()

    def loss(self, items: Sequence[Item]) -> Tensor:
        """Mean cross-entropy of exclusive labels, else mean binary cross-entropy; () nats."""
        batch = self.batch(items)
        return label_loss(self(batch), batch, self.labels)

    def prepare(self, reporter: Reporter = SILENT) -> None:
        """Load pretrained weights; called before training, never on load."""

    def fit(self, run: Run) -> None:
        """Train; a staged method calls `run.minimise` several times."""
        run.minimise(self.loss, run.train)

    @contextmanager
    def answering_dev(self) -> Iterator[None]:
        """Entered while a training has dev answered, for models that treat it differently."""
        yield

    def notes(self) -> str:
        """What the card of a model folder tells besides, Markdown."""
        return ""

    def attention(self, batch: Batch) -> Tensor | None:
        """How much each token counted, (batch, length) adding up to 1 a row; None: not known."""
        return None

    def own_state(self) -> dict[str, Tensor]:
        """The tensors that a model folder keeps, by name."""
        return dict(self.state_dict())

    def load_own_state(self, state: dict[str, Tensor]) -> None:
        """Take what `own_state` gave; RuntimeError where it does not fit."""
        self.load_state_dict(state)

    @property
    def device(self) -> torch.device:
        """Where the parameters are."""
        return next(self.parameters()).device

    def batch(self, items: Sequence[Item]) -> Batch:
        """Items as tensors on the model's device; in eval padded to one of a few lengths."""
        longest = 0 if self.training else max((len(item.ids) for item in items), default=0)
        room = min(one_of_few(longest), self.tokenizer.max_length)
        return collate(items, self.tokenizer.pad, room).to(self.device)


def label_loss(logits: Tensor, batch: Batch, labels: Labels) -> Tensor:
    """Loss of logits (batch, n_labels) against the batch's targets, () nats.

    Mean cross-entropy of exclusive labels, else mean binary cross-entropy.
    """
    if labels.exclusive:
        return F.cross_entropy(logits.float(), batch.gold())
    return F.binary_cross_entropy_with_logits(logits.float(), batch.gold())
