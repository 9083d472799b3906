"""The three hooks of a plugin. Each returns a list; none may import torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

from emocli.methods import BundledModel, Method

if TYPE_CHECKING:
    from emocli.data.catalogue import Dataset

hookspec = pluggy.HookspecMarker("emocli")
hookimpl = pluggy.HookimplMarker("emocli")


@hookspec
def emocli_methods() -> list[Method]:  # type: ignore[empty-body]
    """The methods that this package brings."""


@hookspec
def emocli_models() -> list[BundledModel]:  # type: ignore[empty-body]
    """The trained models that come inside this package."""


@hookspec
def emocli_datasets() -> list[Dataset]:  # type: ignore[empty-body]
    """The data sets that this package knows how to find and read."""
