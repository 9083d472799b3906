"""How a training runs, whatever the method."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch

from emocli.training.processes import ALONE, Processes


@dataclass(frozen=True)
class Settings:
    """How a training runs, whatever the method.

    Attributes:
        precision: of the steps.
        scoring: precision in which dev is answered; None: that of the steps.
        checkpoint: folder of the unfinished training; None keeps none.
        checkpoint_seconds: most seconds between two checkpoints within an epoch.
        fingerprint: what must be equal for a training to be resumed.
        max_minutes: how long this sitting may take, preparations included; None: as it takes.
        began: when this sitting began, in seconds of `time.monotonic`.
        processes: those that train together.
        long: what becomes of texts that have more tokens than the model reads.
    """

    seed: int = 0
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    precision: torch.dtype = torch.float32
    scoring: torch.dtype | None = None
    checkpoint: Path | None = None
    checkpoint_seconds: float = 300.0
    fingerprint: Mapping[str, Any] | None = None
    max_minutes: float | None = None
    began: float = field(default_factory=time.monotonic)
    processes: Processes = ALONE
    long: Literal["truncate", "error"] = "truncate"

    def time_is_over(self) -> bool:
        """Whether this sitting has taken as long as it may; the main process decides for all."""
        if self.max_minutes is None:
            return False
        over = time.monotonic() - self.began >= 60 * self.max_minutes
        return self.processes.agree(over, self.device)
