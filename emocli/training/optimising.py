"""One training step: precision, backward pass, clipping, schedule. Under it, accelerate."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import Tensor, nn

from emocli.methods import Config

if TYPE_CHECKING:
    from emocli.training.run import Settings

_MIXED = {torch.float32: "no", torch.bfloat16: "bf16", torch.float16: "fp16"}


class Stepper:
    """Changes parameters so that a loss gets smaller."""

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
        self.accelerator = _accelerator(settings)
        optimizer = torch.optim.AdamW(
            parameters,  # type: ignore[arg-type]
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
        )
        self._rates = [group["lr"] for group in optimizer.param_groups]
        self.optimizer = self.accelerator.prepare_optimizer(optimizer, device_placement=False)

    def step(self, loss: Callable[[list[Any]], Tensor], batch: list[Any]) -> float:
        """One step on one batch; the batch's loss in nats."""
        for group, rate in zip(self.optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * self._factor()
        with self.accelerator.autocast():
            value = loss(batch)
        self.accelerator.backward(value)
        if self.config.clip_norm > 0:
            own = [p for group in self.optimizer.param_groups for p in group["params"]]
            self.accelerator.clip_grad_norm_(own, self.config.clip_norm)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.steps += 1
        return float(value.detach())

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

    def _factor(self) -> float:
        warmup = self.config.warmup * self.total_steps
        if self.steps < warmup:
            return (self.steps + 1) / warmup
        if self.config.schedule == "constant":
            return 1.0
        return max(0.0, (self.total_steps - self.steps) / max(self.total_steps - warmup, 1))


def _accelerator(settings: Settings) -> Accelerator:
    """accelerate remembers its first device and precision for the process: make it forget."""
    AcceleratorState._reset_state(reset_partial_state=True)
    return Accelerator(
        cpu=settings.device.type == "cpu", mixed_precision=_MIXED[settings.precision]
    )
