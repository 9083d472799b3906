"""Models made of trained models: they answer through them, and are saved with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Self

from torch import Tensor, nn

from emocli.modelling.labels import Labels
from emocli.modelling.model import Model
from emocli.modelling.tokenizer import Tokenizer
from emocli.modelling.trained import Trained, refuse_other_labels

_BASES = "members."


class Composite(Model):
    """A model upon one or several trained ones, its bases.

    Attributes:
        bases: each with what is known about it.
        members: their models, which learn nothing more.
    """

    def __init__(
        self,
        config: Any,
        labels: Labels,
        tokenizer: Tokenizer,
        bases: Sequence[Trained],
        **roles: Labels,
    ) -> None:
        """Take the bases in.

        Raises:
            UsageError: a base has other labels.
        """
        super().__init__(config, labels, tokenizer, **roles)
        for base in bases:
            refuse_other_labels(base, labels, "the base")
        self.bases = tuple(bases)
        self.members = nn.ModuleList(base.model for base in bases)
        self.members.requires_grad_(False)

    def train(self, mode: bool = True) -> Self:
        """The bases stay as they are: they do not learn, and drop nothing out."""
        super().train(mode)
        self.members.eval()
        return self

    @classmethod
    def make_tokenizer(
        cls, config: Any, texts: Iterable[str], bases: Sequence[Trained] = ()
    ) -> Tokenizer:
        """The tokenizer of the first base; it is made again when a model is loaded."""
        return bases[0].model.tokenizer

    @property
    def quick_in_bf16(self) -> bool:
        """Whether all of its bases are."""
        return all(base.model.quick_in_bf16 for base in self.bases)

    @contextmanager
    def answering_dev(self) -> Iterator[None]:
        """Entered by the bases too."""
        with ExitStack() as entered:
            for base in self.bases:
                entered.enter_context(base.model.answering_dev())
            yield

    def own_state(self) -> dict[str, Tensor]:
        """The tensors without those of the bases, which are kept in folders of their own."""
        return {k: v for k, v in self.state_dict().items() if not k.startswith(_BASES)}

    def load_own_state(self, state: dict[str, Tensor]) -> None:
        """Take what `own_state` gave; RuntimeError where it does not fit."""
        of_bases = {k: v for k, v in self.state_dict().items() if k.startswith(_BASES)}
        self.load_state_dict({**of_bases, **state})
