"""A method for emocli: the mean of a text's word vectors and a linear layer."""

from dataclasses import dataclass

from emocli.hookspecs import hookimpl
from emocli.methods import Config, Method, option


@dataclass(frozen=True)
class BowConfig(Config):
    """What `-o` takes, besides the options that every method has."""

    width: int = option(64, "width of a word vector")


@hookimpl
def emocli_methods() -> list[Method]:
    """What this package brings. Nothing imported here may import torch."""
    summary = "mean word vector and a linear layer"
    source = "Joulin et al. 2017, Bag of Tricks for Efficient Text Classification"
    return [Method("bow", summary, source, BowConfig, model="emocli_bow.model:BagOfWords")]
