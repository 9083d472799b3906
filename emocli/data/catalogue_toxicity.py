"""The one toxicity data set: Jigsaw's comments from Wikipedia talk pages."""

from __future__ import annotations

from emocli.data.dataset import Dataset, Edition, File, Split
from emocli.data.label_columns import read_jigsaw, read_jigsaw_test
from emocli.data.single_label import by_hash

LABELS = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")

_NOTE = "the published training file is divided 80:20 by the hash of the comment's id"


def _splits(train: File, test: Split) -> dict[str, Split]:
    return {
        "train": Split((train,), choose=by_hash(0, 8), note=_NOTE),
        "dev": Split((train,), choose=by_hash(8, 10), note=_NOTE),
        "all-train": Split((train,)),
        "test": test,
    }


_PUBLISHED = Edition(
    "published",
    read_jigsaw,
    _splits(
        File("train.csv", rows=159_571),
        Split(
            (File("test.csv", rows=153_164, companions=("test_labels.csv",)),),
            examples=63_978,
            reader=read_jigsaw_test,
        ),
    ),
)
_SAMPLE = Edition(
    "sample of 5,000",
    read_jigsaw,
    _splits(
        File(
            "train.5k.csv",
            rows=5_000,
            sha256=("4b1ed4c1e4f647b800fb5ab57835ced2d932cf64ec831aef1c991cffeefa2e50",),
        ),
        Split(
            (
                File(
                    "jigsaw_test_union.csv",
                    rows=1_200,
                    sha256=("294906aba19915e5b1b1ec1cbd9b4fec4a5b3fc164081b5e3f8d5e980a46bab1",),
                ),
            ),
            note="enriched in toxic comments, so scores on it are not those of the whole test set",
        ),
    ),
)

TOXICITY_DATASETS: tuple[Dataset, ...] = (
    Dataset(
        name="jigsaw",
        title="Jigsaw toxic comment classification: Wikipedia talk pages, six kinds of toxicity",
        task="toxicity",
        language="en",
        labels=LABELS,
        exclusive=False,
        editions=(_PUBLISHED, _SAMPLE),
        licence="labels CC0 1.0, comments CC BY-SA 3.0",
        terms="The labels are in the public domain (CC0); the text of the comments is Wikipedia's, "
        "under CC BY-SA 3.0. Kaggle asks for an account and for consent to the competition's "
        "rules. The comments hold offensive language.",
        citation="cjadams, Jeffrey Sorensen, Julia Elliott, Lucas Dixon, Mark McDonald, nithum and "
        "Will Cukierski (2017): Toxic Comment Classification Challenge. Kaggle.",
        homepage="https://www.kaggle.com/c/jigsaw-toxic-comment-classification-challenge",
        how="sign in at Kaggle, accept the rules, download the competition's data and unpack "
        "train.csv, test.csv and test_labels.csv into one folder",
        folders=("jigsaw-sample", "jigsaw-toxic-comment-classification-challenge"),
        papers=("bert-variants",),
    ),
)
