"""One training step: precision, backward pass, clipping, schedule. Under it, accelerate.

A batch that does not fit into memory is halved and its halves' gradients are added up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import Tensor, nn

from emocli.errors import EmocliError
from emocli.inference.devices import out_of_memory
from emocli.methods import Config

if TYPE_CHECKING:
    from emocli.training.run import Settings

_MIXED = {torch.float32: "no", torch.bfloat16: "bf16", torch.float16: "fp16"}


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
        self.total_steps = total_steps
        self.steps = 0
        self.pieces = 1
        self.accelerator = _accelerator(settings)
        optimizer = torch.optim.AdamW(
            parameters,
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
        )
        self._rates = [group["lr"] for group in optimizer.param_groups]
        self.optimizer = self.accelerator.prepare_optimizer(optimizer, device_placement=False)

    def step(self, loss: Callable[[list[Any]], Tensor], batch: list[Any]) -> float:
        """One step on one batch; the batch's loss in nats.

        Raises:
            EmocliError: memory does not hold a single item, or the loss is no finite number (the
                parameters are left as they were).
        """
        for group, rate in zip(self.optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * self._factor()
        value = self._backward(loss, batch)
        if not math.isfinite(value):
            raise diverged(f"the loss is {value}", self.config)
        if self.config.clip_norm > 0:
            own = [p for group in self.optimizer.param_groups for p in group["params"]]
            self.accelerator.clip_grad_norm_(own, self.config.clip_norm)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.steps += 1
        return value

    def state_dict(self) -> dict[str, Any]:
        """The optimiser's state, and the number of steps done."""
        state: dict[str, Any] = self.optimizer.state_dict()
        for group in state["param_groups"]:
            group["steps"] = self.steps
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from `state_dict`."""
        self.steps = state["param_groups"][0]["steps"]
        self.optimizer.load_state_dict(state)

    def _backward(self, loss: Callable[[list[Any]], Tensor], batch: list[Any]) -> float:
        while True:
            size = -(-len(batch) // self.pieces)
            starts = range(0, len(batch), size)
            try:
                return sum(self._piece(loss, batch[s : s + size], len(batch)) for s in starts)
            except RuntimeError as error:
                if not out_of_memory(error):
                    raise
                if size == 1:
                    raise EmocliError(
                        "out of memory even with one text a step; use another --device or "
                        "--precision, or a smaller model."
                    ) from error
            self.optimizer.zero_grad()
            self.pieces *= 2

    def _piece(
        self, loss: Callable[[list[Any]], Tensor], piece: list[Any], batch_size: int
    ) -> float:
        with self.accelerator.autocast():
            value = loss(piece) * (len(piece) / batch_size)
        self.accelerator.backward(value)
        return float(value.detach())

    def _factor(self) -> float:
        warmup = self.config.warmup * self.total_steps
        if self.steps < warmup:
            return min(1.0, (self.steps + 1) / warmup)
        if self.config.schedule == "constant":
            return 1.0
        return max(0.0, (self.total_steps - self.steps) / max(self.total_steps - warmup, 1))


def diverged(what: str, config: Config) -> EmocliError:
    """The error for a training whose numbers have left all bounds."""
    return EmocliError(
        f"{what}: the training has diverged; "
        f"lower the option learning_rate (now {config.learning_rate:g})."
    )


def _accelerator(settings: Settings) -> Accelerator:
    """accelerate remembers its first device and precision for the process: make it forget."""
    AcceleratorState._reset_state(reset_partial_state=True)
    return Accelerator(
        cpu=settings.device.type == "cpu", mixed_precision=_MIXED[settings.precision]
    )
