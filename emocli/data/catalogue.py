"""The catalogue of data sets: those of the papers, their close relatives, and emocli's sample."""

from __future__ import annotations

from emocli.data.catalogue_affect import AFFECT_DATASETS
from emocli.data.catalogue_emotion import EMOTION_DATASETS
from emocli.data.catalogue_ren_cecps import REN_CECPS_DATASETS
from emocli.data.catalogue_sample import SAMPLE_DATASETS
from emocli.data.catalogue_sentiment import SENTIMENT_DATASETS
from emocli.data.catalogue_toxicity import TOXICITY_DATASETS
from emocli.data.dataset import Contents, Dataset, Edition, File, Role, Source, Split

__all__ = [
    "BUILTIN",
    "Contents",
    "Dataset",
    "Edition",
    "File",
    "Role",
    "Source",
    "Split",
    "datasets",
]

BUILTIN: tuple[Dataset, ...] = (
    *AFFECT_DATASETS,
    *EMOTION_DATASETS,
    *REN_CECPS_DATASETS,
    *SENTIMENT_DATASETS,
    *TOXICITY_DATASETS,
    *SAMPLE_DATASETS,
)


def datasets() -> dict[str, Dataset]:
    """The data sets that come with emocli, by name."""
    return {dataset.name: dataset for dataset in BUILTIN}
