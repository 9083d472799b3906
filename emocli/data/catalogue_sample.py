"""The sample that comes with emocli: short texts of its own, for quick comparisons and tests."""

from __future__ import annotations

from pathlib import Path

from emocli.data.dataset import Dataset, Edition, File, Split
from emocli.data.label_columns import read_ec
from emocli.data.semeval import SENTIMENTS, read_message_polarity

_FOLDER = Path(__file__).parent / "sample"
_HOW = "it comes with emocli"
_TERMS = (
    "Free to use under emocli's own licence. Made for quick comparisons and tests: too small to "
    "judge a method by."
)


def _split(name: str, rows: int, sha256: str) -> Split:
    return Split((File(f"{name}.tsv", rows, (sha256,)),))


SAMPLE_DATASETS: tuple[Dataset, ...] = (
    Dataset(
        name="sample",
        title="Sample: short texts written for emocli, six emotions",
        task="emotion",
        language="en",
        labels=("anger", "fear", "joy", "love", "sadness", "surprise"),
        exclusive=False,
        editions=(
            Edition(
                "published",
                read_ec,
                {
                    "train": _split(
                        "train",
                        220,
                        "e0f209c46db0512d2b50e7b7b30accfdca3ccde290261996f73f5f72a0cb239a",
                    ),
                    "dev": _split(
                        "dev",
                        50,
                        "e913b780a0cd76659d6627752a3ec84d60d35cc924793caea0ccd54d90e1f6dd",
                    ),
                    "test": _split(
                        "test",
                        72,
                        "d82aed1232c5c31ff7a89b41a755c87f50ba4fcc17ff3ef0fa993d6cd9da7ee1",
                    ),
                },
            ),
        ),
        licence="Apache-2.0",
        terms=_TERMS,
        citation="The emocli project (2026): emocli's sample of emotions.",
        homepage="",
        how=_HOW,
        bundled=_FOLDER,
    ),
    Dataset(
        name="sample-sentiment",
        title="Sample, source half: short texts written for emocli, three classes",
        task="sentiment",
        language="en",
        labels=SENTIMENTS,
        exclusive=True,
        editions=(
            Edition(
                "published",
                read_message_polarity,
                {
                    "train": _split(
                        "sentiment",
                        270,
                        "f09548ab745d9d585175cf85e55212bd6fb2e7398d30f2420843351b247f9971",
                    )
                },
            ),
        ),
        licence="Apache-2.0",
        terms=_TERMS,
        citation="The emocli project (2026): emocli's sample of sentiments.",
        homepage="",
        how=_HOW,
        bundled=_FOLDER,
    ),
)
