"""The model that a command answers with, on its device and in its precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emocli.models import load
from emocli.reporting import Reporter

if TYPE_CHECKING:
    from emocli.inference.prediction import Predictor
    from emocli.modelling.reader import Policy


def load_predictor(
    model: str,
    reporter: Reporter,
    *,
    device: str,
    precision: str,
    long: Policy,
    threshold: float | None = None,
    batch_tokens: int | None = None,
) -> Predictor:
    """A model by name or path, ready to predict; `device` and the rest as the options say.

    Raises:
        UsageError: there is no such model, or the device or precision cannot be had.
        EmocliError: the model is damaged.
    """
    from emocli.inference.devices import choose_devices, keep_freed_memory
    from emocli.inference.prediction import Predictor
    from emocli.inference.scoring import BATCH_TOKENS
    from emocli.inference.streaming import with_threshold

    keep_freed_memory()
    place, *more = choose_devices(device)
    trained = load(model, place)
    if threshold is not None:
        trained = with_threshold(trained, threshold)
    return Predictor(
        trained,
        precision=precision,
        batch_tokens=batch_tokens or BATCH_TOKENS,
        long=long,
        more_devices=more,
        reporter=reporter,
    )
