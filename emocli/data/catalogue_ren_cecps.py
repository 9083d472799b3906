"""Ren-CECps in the catalogue: the emotion task of datn, and its sentiment source task."""

from __future__ import annotations

from emocli.data.dataset import Dataset, Edition, File, Reader, Split
from emocli.data.ren_cecps import (
    EMOTIONS,
    read_emotions,
    read_polarities,
    read_segmented_emotions,
    read_segmented_polarities,
)
from emocli.data.semeval import SENTIMENTS

_DOCUMENTS = (File("*.xml", count=1_487),)
_SEGMENTED = "the text is the corpus's own words, parted by blanks"

# datn divides the documents in file-name order: 560 / 80 / 160 for emotions, 687 for sentiment.
_EMOTION_PARTS = {"train": (0, 560), "dev": (560, 640), "test": (640, 800), "all": (0, 1_487)}
_SENTIMENT_PARTS = {"train": (800, 1_487), "all": (0, 1_487)}


def _edition(parts: dict[str, tuple[int, int]], reader: Reader, segmented: Reader) -> Edition:
    splits = {name: Split(_DOCUMENTS, documents=part) for name, part in parts.items()}
    for name, part in parts.items():
        splits[f"{name}-segmented"] = Split(
            _DOCUMENTS, documents=part, reader=segmented, note=_SEGMENTED
        )
    return Edition("published", reader, splits)


_LICENCE = "signed agreement"
_TERMS = (
    "For research, after an agreement signed with the authors at Tokushima University. "
    "Do not redistribute."
)
_CITATION = (
    "Changqin Quan and Fuji Ren (2010): A blog emotion corpus for emotional expression analysis "
    "in Chinese. Computer Speech & Language 24(4), 726-749."
)
_HOMEPAGE = "http://a1-www.is.tokushima-u.ac.jp/member/ren/Ren-CECps1.0/Ren-CECps1.0.html"
_HOW = "ask the authors for the agreement, sign it, and unpack the 1,487 XML files into one folder"

REN_CECPS_DATASETS: tuple[Dataset, ...] = (
    Dataset(
        name="ren-cecps",
        title="Ren-CECps 1.0: sentences of Chinese blogs, eight emotions with intensities",
        task="emotion",
        language="zh",
        labels=EMOTIONS,
        exclusive=False,
        editions=(_edition(_EMOTION_PARTS, read_emotions, read_segmented_emotions),),
        licence=_LICENCE,
        terms=_TERMS,
        citation=_CITATION,
        homepage=_HOMEPAGE,
        how=_HOW,
        folders=("ren-cecps-sentiment",),
        papers=("datn",),
    ),
    Dataset(
        name="ren-cecps-sentiment",
        title="Ren-CECps 1.0: the polarity of the sentences of the documents datn set apart",
        task="sentiment",
        language="zh",
        labels=SENTIMENTS,
        exclusive=True,
        editions=(_edition(_SENTIMENT_PARTS, read_polarities, read_segmented_polarities),),
        licence=_LICENCE,
        terms=_TERMS,
        citation=_CITATION,
        homepage=_HOMEPAGE,
        how=_HOW,
        folders=("ren-cecps",),
        papers=("datn",),
    ),
)
