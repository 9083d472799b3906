"""The processes that train one model together, as accelerate's launcher starts them.

Each reads the same items and learns from its share of every batch; gradients are added up before
each step, so that all have the same parameters after it. The main process alone writes and tells.
A training in one process takes the same way with nobody to wait for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emocli.errors import UsageError

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from emocli.modelling.labels import Floats


@dataclass(frozen=True)
class Processes:
    """How many there are, and which of them this one is.

    Attributes:
        n: at least 1.
        index: from 0, the main one's, to `n` - 1.
    """

    n: int = 1
    index: int = 0

    @classmethod
    def launched(cls) -> Processes:
        """Those that a launcher has told of in the environment; else this one alone.

        Raises:
            UsageError: what it has told is no number.
        """
        told = [os.environ.get("WORLD_SIZE") or "1", os.environ.get("RANK") or "0"]
        if not all(number.isdecimal() for number in told):
            raise UsageError(
                f"WORLD_SIZE is '{told[0]}' and RANK '{told[1]}', by which launchers number "
                "processes; expected whole numbers, or neither."
            )
        n, index = map(int, told)
        return cls(n, index) if n > 1 else cls()

    @property
    def is_main(self) -> bool:
        """Whether this one writes and tells."""
        return self.index == 0

    def join(self, device: str = "auto") -> torch.device:
        """Meet the other processes; the device of this one. Called once, by each.

        Args:
            device: as `--device` says.

        Raises:
            UsageError: a single device is asked for, where each process has its own.
        """
        import torch

        from emocli.inference.devices import choose_device

        if self.n == 1:
            return choose_device(device)
        if device not in ("auto", "cpu", "cuda"):
            raise UsageError(
                f"--device {device} is one device, and there are {self.n} processes, each with its "
                "own; leave --device out."
            )
        choose_device(device)
        from accelerate import PartialState

        on_cpu = device == "cpu" or not torch.cuda.is_available()
        return torch.device(PartialState(cpu=on_cpu).device)

    def share(self, batch: Sequence[Any]) -> list[Any]:
        """What this process learns of a batch; nothing where it is smaller than `n`."""
        return list(batch[self.index :: self.n])

    def add_gradients(self, parameters: Iterable[nn.Parameter], loss: float) -> float:
        """Add up every process's gradients, in place, and losses; a parameter that none used
        keeps none.

        Args:
            parameters: the same in every process.
            loss: this process's part, nats.
        """
        if self.n == 1:
            return loss
        import torch

        every = list(parameters)
        used = [0.0 if p.grad is None else 1.0 for p in every]
        head = torch.tensor([loss, *used], dtype=torch.float32, device=every[0].device)
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in every]
        flat = self.total(torch.cat([head, *(g.reshape(-1).float() for g in gradients)]))
        head, *parts = torch.split(flat, [len(head), *(p.numel() for p in every)])
        for parameter, part, n_used in zip(every, parts, head[1:].tolist(), strict=True):
            parameter.grad = part.view_as(parameter).to(parameter.dtype) if n_used else None
        return float(head[0])

    def total(self, tensor: Tensor) -> Tensor:
        """The sum of every process's tensor of that shape, in place."""
        if self.n > 1:
            import torch.distributed

            torch.distributed.all_reduce(tensor)
        return tensor

    def gather(
        self, part: Floats, rows: Sequence[int], n_rows: int, device: torch.device
    ) -> Floats:
        """The rows of every process, (n_rows, …), of this one's `part` (len(rows), …)."""
        if self.n == 1:
            return part
        import torch

        whole = torch.zeros(n_rows, *part.shape[1:], device=device)
        whole[list(rows)] = torch.from_numpy(part).float().to(device)
        return self.total(whole).cpu().numpy()

    def agree(self, decision: bool, device: torch.device) -> bool:
        """What the main process has decided."""
        if self.n == 1:
            return decision
        import torch

        return bool(self._main_ones(torch.tensor(float(decision), device=device)))

    def unite(self, model: nn.Module) -> None:
        """Take the main process's weights, and its random numbers to come.

        The processes' shares of a batch may need different numbers of random numbers, and what
        comes next must be the same for all.
        """
        if self.n == 1:
            return
        import torch

        for tensor in model.state_dict().values():
            self._main_ones(tensor)
        device = next(model.parameters()).device
        torch.set_rng_state(self._main_ones(torch.get_rng_state().to(device)).cpu())

    def _main_ones(self, tensor: Tensor) -> Tensor:
        """The main process's tensor of that shape, in place."""
        import torch.distributed

        torch.distributed.broadcast(tensor, src=0)
        return tensor

    def wait(self) -> None:
        """Until every process is here."""
        if self.n > 1:
            from accelerate import PartialState

            PartialState().wait_for_everyone()

    def leave(self) -> None:
        """The work is done: part from the others."""
        if self.n > 1:
            from accelerate import PartialState

            PartialState().destroy_process_group()


ALONE = Processes()
