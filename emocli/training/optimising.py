"""One training step: precision, backward pass, clipping, schedule.

A step learns from one batch or several, whose gradients are added up; so are those of the halves of
a batch that does not fit into memory, and those of several processes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from emocli.errors import EmocliError
from emocli.inference.devices import computing_in, out_of_memory
from emocli.methods import Config

if TYPE_CHECKING:
    from emocli.training.settings import Settings


class Stepper:
    """Changes parameters so that a loss gets smaller.

    Attributes:
        pieces: into how many a batch is cut; doubled when memory runs out.
    """

    def __init__(
        self,
        model: nn.Module,
        config: Config,
        settings: Settings,
        parameters: Iterable[nn.Parameter] | Iterable[dict[str, Any]] | None,
        total_steps: int,
    ) -> None:
        """Build Adam over `parameters`, None: all of the model's that require a gradient."""
        if parameters is None:
            parameters = (p for p in model.parameters() if p.requires_grad)
        self.config = config
        self.settings = settings
        self.total_steps = total_steps
        self.steps = 0
        self.pieces = 1
        # Fused, Adam goes through the memory once.
        self.optimizer = torch.optim.AdamW(
            parameters, lr=config.learning_rate, weight_decay=config.weight_decay, fused=True
        )
        self._rates = [group["lr"] for group in self.optimizer.param_groups]
        self._scaler = torch.amp.GradScaler(
            settings.device.type, enabled=settings.precision == torch.float16
        )

    def step(self, loss: Callable[[list[Any]], Tensor], *batches: Sequence[Any]) -> float:
        """One step on a batch, or on several as if they were one; the mean loss in nats.

        Raises:
            EmocliError: memory does not hold a single item, or the loss is no finite number (the
                parameters are left as they were).
        """
        for group, rate in zip(self.optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * self._factor()
        own = [p for group in self.optimizer.param_groups for p in group["params"]]
        value = self.settings.processes.add_gradients(own, self._backward(loss, batches))
        if not math.isfinite(value):
            raise diverged(f"the loss is {value}", self.config)
        if self.config.clip_norm > 0:
            self._scaler.unscale_(self.optimizer)
            nn.utils.clip_grad_norm_(own, self.config.clip_norm)
        self._scaler.step(self.optimizer)
        self._scaler.update()
        self.optimizer.zero_grad()
        self.steps += 1
        return value

    @property
    def progress(self) -> float:
        """The share of the planned steps that are done, in [0, 1]."""
        return min(self.steps / max(self.total_steps, 1), 1.0)

    def state_dict(self) -> dict[str, Any]:
        """The optimiser's state, the number of steps done, and the scale of fp16's gradients."""
        state: dict[str, Any] = self.optimizer.state_dict()
        for group in state["param_groups"]:
            group["steps"] = self.steps
            group["scaler"] = self._scaler.state_dict()
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from `state_dict`."""
        self.steps = state["param_groups"][0]["steps"]
        scaler = state["param_groups"][0]["scaler"]
        if scaler:
            self._scaler.load_state_dict(scaler)
        self.optimizer.load_state_dict(state)

    def _backward(
        self, loss: Callable[[list[Any]], Tensor], batches: Sequence[Sequence[Any]]
    ) -> float:
        """Make the gradients of this process's share; its part of the mean loss."""
        n_items = sum(len(batch) for batch in batches)
        shares = [self.settings.processes.share(batch) for batch in batches]
        while True:
            try:
                return sum(self._piece(loss, piece, n_items) for piece in self._cut(shares))
            except RuntimeError as error:
                if not out_of_memory(error):
                    raise
                if max(map(len, shares)) <= self.pieces:
                    raise EmocliError(
                        "out of memory even with one text a step; use another --device or "
                        "--precision, or a smaller model."
                    ) from error
            self.optimizer.zero_grad()
            self.pieces *= 2

    def _cut(self, shares: Sequence[list[Any]]) -> Iterator[list[Any]]:
        for share in shares:
            size = -(-len(share) // self.pieces)
            for start in range(0, len(share), max(size, 1)):
                yield share[start : start + size]

    def _piece(self, loss: Callable[[list[Any]], Tensor], piece: list[Any], n_items: int) -> float:
        with computing_in(self.settings.precision, self.settings.device):
            value = _mean_of(loss, piece) * (len(piece) / n_items)
        torch.autograd.backward(self._scaler.scale(value))
        return float(value.detach())

    def _factor(self) -> float:
        warmup = self.config.warmup * self.total_steps
        if self.steps < warmup:
            return min(1.0, (self.steps + 1) / warmup)
        if self.config.schedule == "constant":
            return 1.0
        return max(0.0, (self.total_steps - self.steps) / max(self.total_steps - warmup, 1))


def _mean_of(loss: Callable[[list[Any]], Tensor], items: list[Any]) -> Tensor:
    """The loss of items, () nats.

    Raises:
        EmocliError: a method's loss is something else.
    """
    value = loss(items)
    if isinstance(value, Tensor) and value.dim() == 0 and value.requires_grad:
        return value
    told = f"a tensor of shape {tuple(value.shape)}" if isinstance(value, Tensor) else repr(value)
    raise EmocliError(
        f"the method's loss {getattr(loss, '__qualname__', loss)} is {told}, expected a mean: one "
        "number, with a gradient."
    )


def diverged(what: str, config: Config) -> EmocliError:
    """The error for a training whose numbers have left all bounds."""
    return EmocliError(
        f"{what}: the training has diverged; "
        f"lower the option learning_rate (now {config.learning_rate:g})."
    )
