"""Emotion data sets: comments, reported situations and tweets."""

from __future__ import annotations

from emocli.data import goemotions
from emocli.data.dataset import Dataset, Edition, File, Source, Split
from emocli.data.label_columns import read_brighter
from emocli.data.single_label import by_hash, read_carer, read_isear


def _goemotions(part: str, rows: int, sha256: str) -> Split:
    address = "https://github.com/google-research/google-research/raw/master/goemotions/data"
    source = Source(f"{address}/{part}.tsv", sha256)
    return Split((File(f"{part}.tsv", rows, (sha256,), source=source),))


def _carer(part: str, published: str, rows: int, *sha256: str) -> Split:
    fetched = f"{published}-00000-of-00001.parquet"
    revision = "cab853a1dbdf4c42c2b3ef2173804746df8825fe"
    address = f"https://huggingface.co/datasets/dair-ai/emotion/resolve/{revision}/split"
    source = Source(f"{address}/{fetched}", saved_as=fetched)
    return Split((File(f"{part}.txt", rows, sha256, aliases=(fetched,), source=source),))


def _brighter(part: str, rows: int, sha256: str) -> Split:
    fetched = f"{part}-00000-of-00001.parquet"
    address = (
        "https://huggingface.co/datasets/brighter-dataset/BRIGHTER-emotion-categories/resolve/main"
    )
    source = Source(f"{address}/chn/{fetched}", saved_as=fetched)
    aliases = (f"{part}/track_a/chn.csv", f"track_a/{part}/chn.csv", fetched)
    return Split(
        (File(f"track_a_{part}_chn.csv", rows, (sha256,), aliases=aliases, source=source),)
    )


_ISEAR = File(
    "isear_clean.tsv",
    7_666,
    ("91043bbd87ed13b53a3b9b16b0aff05d783eb4a46ff017f026048d5717c63795",),
    aliases=("isear.tsv", "isear.csv"),
)
_ISEAR_NOTE = "no split is published: the reports are divided 80:10:10 by the hash of their id"

EMOTION_DATASETS: tuple[Dataset, ...] = (
    Dataset(
        name="goemotions",
        title="GoEmotions: comments from Reddit, 27 emotions and neutral",
        task="emotion",
        language="en",
        labels=goemotions.LABELS,
        exclusive=False,
        editions=(
            Edition(
                "published",
                goemotions.read_goemotions,
                {
                    "train": _goemotions(
                        "train",
                        43_410,
                        "1c254a142be5c00e80d819b9ae1bbd36d94b2eeb8f4b1271846508d57e57d9c5",
                    ),
                    "dev": _goemotions(
                        "dev",
                        5_426,
                        "575489c079c9de1097062a01738f998590d6b7ead66dd1c9fd1d2ba01fd8bc62",
                    ),
                    "test": _goemotions(
                        "test",
                        5_427,
                        "0587b2dd8b27b97352adbfc3fb083d46005c8946657fdc2b1ca8b1cc7f1f8be4",
                    ),
                },
            ),
        ),
        licence="Apache-2.0 and CC BY 4.0",
        terms="Free to use with attribution (the repository is under Apache-2.0, the data under "
        "CC BY 4.0). The comments hold offensive language.",
        citation="Dorottya Demszky, Dana Movshovitz-Attias, Jeongwoo Ko, Alan Cowen, Gaurav Nemade "
        "and Sujith Ravi (2020): GoEmotions: A dataset of fine-grained emotions. ACL, 4040-4054.",
        homepage="https://github.com/google-research/google-research/tree/master/goemotions",
        papers=("fine-grained",),
    ),
    Dataset(
        name="isear",
        title="ISEAR: reported situations, seven emotions",
        task="emotion",
        language="en",
        labels=("joy", "fear", "anger", "sadness", "disgust", "shame", "guilt"),
        exclusive=True,
        editions=(
            Edition(
                "published",
                read_isear,
                {
                    "train": Split((_ISEAR,), 6_124, choose=by_hash(0, 8), note=_ISEAR_NOTE),
                    "dev": Split((_ISEAR,), 786, choose=by_hash(8, 9), note=_ISEAR_NOTE),
                    "test": Split((_ISEAR,), 756, choose=by_hash(9, 10), note=_ISEAR_NOTE),
                    "all": Split((_ISEAR,)),
                },
            ),
        ),
        licence="research only",
        terms="For research; cite the authors.",
        citation="Klaus R. Scherer and Harald G. Wallbott (1994): Evidence for universality and "
        "cultural variation of differential emotion response patterning. Journal of Personality "
        "and Social Psychology 66, 310-328.",
        homepage="https://www.unige.ch/cisa/research/materials-and-online-research/research-material/",
        how="fetch the ISEAR databank from its page and save its table as isear.csv with | between "
        "the columns (MYKEY, Field1 and SIT are read), or as isear.tsv with the columns id, label "
        "and text",
        papers=("common-space", "bert-family"),
    ),
    Dataset(
        name="emotion-dair",
        title="Emotion (CARER): tweets found by hashtags, six emotions",
        task="emotion",
        language="en",
        labels=("sadness", "joy", "love", "anger", "fear", "surprise"),
        exclusive=True,
        editions=(
            Edition(
                "published",
                read_carer,
                {
                    "train": _carer(
                        "train",
                        "train",
                        16_000,
                        "3ab03d945a6cb783d818ccd06dafd52d2ed8b4f62f0f85a09d7d11870865b190",
                        "c545f0c50f0c5b2f0bd2e41bae246afe874a8ecf0ef7bad86db84cdc2b5d6111",
                    ),
                    "dev": _carer(
                        "val",
                        "validation",
                        2_000,
                        "34faaa31962fe63cdf5dbf6c132ef8ab166c640254ab991af78f3aea375e79ef",
                        "738b36d4570942661827de1517ed564dd351bd96973aad702939ed8c0fb3cf5f",
                    ),
                    "test": _carer(
                        "test",
                        "test",
                        2_000,
                        "60f531690d20127339e7f054edc299a82c627b5ec0dd5d552d53d544e0cfcc17",
                    ),
                },
            ),
        ),
        licence="education and research only",
        terms="For educational and research purposes only; cite the authors.",
        citation="Elvis Saravia, Hsien-Chi Toby Liu, Yen-Hao Huang, Junlin Wu and Yi-Shin Chen "
        "(2018): CARER: Contextualized affect representations for emotion recognition. EMNLP, "
        "3687-3697.",
        homepage="https://huggingface.co/datasets/dair-ai/emotion",
        papers=("bert-family",),
    ),
    Dataset(
        name="brighter-chn",
        title="BRIGHTER (SemEval-2025 task 11 A), Chinese: social media, six emotions",
        task="emotion",
        language="zh",
        labels=("anger", "disgust", "fear", "joy", "sadness", "surprise"),
        exclusive=False,
        editions=(
            Edition(
                "published",
                read_brighter,
                {
                    "train": _brighter(
                        "train",
                        2_642,
                        "0c8be88f0c1d1e9c6b1e86e27a18ea1f868ed770547c7828c6ccd51cea872b72",
                    ),
                    "dev": _brighter(
                        "dev",
                        200,
                        "d896f2e9138dacfed13c944b55ee7db5a55f43c63323a27d183d90f00d0a85ab",
                    ),
                    "test": _brighter(
                        "test",
                        2_642,
                        "b3200411e207b6b5848462cffbd450b73ceed879f6c43761624377b533ae8cbd",
                    ),
                },
            ),
        ),
        licence="CC BY 4.0",
        terms="Free to use with attribution (CC BY 4.0).",
        citation="Shamsuddeen Hassan Muhammad and others (2025): BRIGHTER: BRIdging the gap in "
        "human-annotated textual emotion recognition datasets for 28 languages. ACL.",
        homepage="https://brighter-dataset.github.io",
    ),
)
