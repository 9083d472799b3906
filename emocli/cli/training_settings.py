"""How a training runs, and what tells it from another one, by a recipe and the user's wishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emocli.cli.materials import Materials, fingerprint
from emocli.cli.recipe import Recipe
from emocli.cli.unfinished import Wishes

if TYPE_CHECKING:
    from emocli.training.settings import Settings


def settings_of(recipe: Recipe, materials: Materials, wishes: Wishes) -> Settings:
    """The settings of a training, whose time begins now.

    Raises:
        UsageError: there is no such device, or it does not compute in the precision.
    """
    from emocli.inference.devices import choose_precision
    from emocli.training.settings import Settings

    device = wishes.processes.join(wishes.device)
    bf16_on_cpu = recipe.config.quick_in_bf16
    precision = choose_precision(wishes.precision, device, bf16_on_cpu=bf16_on_cpu)
    return Settings(
        seed=recipe.seed,
        device=device,
        precision=precision,
        scoring=choose_precision(wishes.precision, device),
        checkpoint=wishes.checkpoint,
        fingerprint=fingerprint(recipe, materials, str(precision)),
        max_minutes=wishes.max_minutes,
        processes=wishes.processes,
        long=wishes.long,
    )
