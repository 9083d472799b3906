"""SemEval-2018 task 1, Affect in Tweets, English: the tasks E-c and EI-reg."""

from __future__ import annotations

from emocli.data.dataset import Dataset, Edition, File, Source, Split
from emocli.data.label_columns import read_ec
from emocli.data.semeval import read_ei_reg

_ARCHIVE = Source(
    "https://saifmohammad.com/WebDocs/AIT-2018/AIT2018-DATA/SemEval2018-Task1-all-data.zip",
    sha256="8979a6ca0bd259ef375a44d812fd434efa799c66bc377e25cda599aa767640eb",
    archive=True,
)
_TERMS = (
    "For research. Do not redistribute the data: direct others to its page. Cite the task's paper."
)
_CITATION = (
    "Saif M. Mohammad, Felipe Bravo-Marquez, Mohammad Salameh and Svetlana Kiritchenko (2018): "
    "SemEval-2018 task 1: Affect in tweets. SemEval-2018, 1-17."
)
_HOMEPAGE = "https://competitions.codalab.org/competitions/17751"

# Rows and SHA-256 of the training and the development file, rows of the test file.
_EI_REG = {
    "anger": (
        (1_701, "401b871be92c09adf178ffdf6f5f39a27dba61e434874ea9fc9cd3b3fb4b318a"),
        (388, "bbce220a30bf3b89ef9d9615da68c88c96060fa167bb8dd93f913a8e336b6031"),
        1_002,
    ),
    "fear": (
        (2_252, "86b2b01b99bf8b4a8bb5f201d3d05c812a5aa6e23edeb981ac582003203cbc06"),
        (389, "f9b523a310a1d612c4a8880035fd48c4b5533e2b4150c774ef57e7e454cb8a61"),
        986,
    ),
    "joy": (
        (1_616, "e58aa9ed0f5669716c8946cafd67469718a6201de7640677d3d69e9d3ad79aaf"),
        (290, "06fa31326139113566ea3bb02948117ce3b32fc6e869ff2f207caee822a9017e"),
        1_105,
    ),
    "sadness": (
        (1_533, "ddd81a4f8a33b28fd6e64d8dd4a9fa7adfd773b7709b55a80e62840bbda2aaf3"),
        (397, "a83e6f7197e2085e3a68e79a746396d35caefd9f3b8994bdb763197fc21ba169"),
        975,
    ),
}
_SEVERAL = "a tweet may stand in the files of several emotions, each time with another label"


def _ec(part: str, rows: int, sha256: str, *aliases: str) -> Split:
    name = f"2018-E-c-En-{part}.txt"
    file = File(name, rows, (sha256,), aliases=aliases, source=_ARCHIVE)
    return Split((file,))


def _ei_reg() -> dict[str, Split]:
    train, dev, test = [], [], []
    for emotion, ((n_train, train_sha), (n_dev, dev_sha), n_test) in _EI_REG.items():
        stem = f"EI-reg-En-{emotion}"
        train.append(File(f"{stem}-train.txt", n_train, (train_sha,), source=_ARCHIVE))
        dev.append(
            File(
                f"2018-{stem}-dev.txt",
                n_dev,
                (dev_sha,),
                aliases=(f"{stem}-dev.txt",),
                source=_ARCHIVE,
            )
        )
        test.append(File(f"2018-{stem}-test-gold.txt", n_test, source=_ARCHIVE))
    return {
        "train": Split(tuple(train), note=f"{_SEVERAL}: accuracy is 0.973 at most"),
        "dev": Split(tuple(dev), note=f"{_SEVERAL}: accuracy is 0.610 at most"),
        "test": Split(tuple(test), note=_SEVERAL),
    }


AFFECT_DATASETS: tuple[Dataset, ...] = (
    Dataset(
        name="semeval2018-ec",
        title="SemEval-2018 task 1 E-c, English: tweets, eleven emotions",
        task="emotion",
        language="en",
        labels=(
            "anger",
            "anticipation",
            "disgust",
            "fear",
            "joy",
            "love",
            "optimism",
            "pessimism",
            "sadness",
            "surprise",
            "trust",
        ),
        exclusive=False,
        editions=(
            Edition(
                "published",
                read_ec,
                {
                    "train": _ec(
                        "train",
                        6_838,
                        "498893ef1ecc5698d44ba9fd815d3ee88278f24fc549b202ddf36a4452f96675",
                    ),
                    "dev": _ec(
                        "dev",
                        886,
                        "1124cf56bd255fadea9e734a13133a9bd2202022f6d8a0ea560f076d8562517f",
                    ),
                    "test": _ec(
                        "test-gold",
                        3_259,
                        "df069c5c472ccb6fcfd9503c0333a204ce6487597f499e0c2069d8a196734fef",
                        "2018-E-c-En-test.txt",
                    ),
                },
            ),
        ),
        licence="research only",
        terms=_TERMS,
        citation=_CITATION,
        homepage=_HOMEPAGE,
        papers=("datn", "common-space", "bert-variants"),
    ),
    Dataset(
        name="semeval2018-ei-reg",
        title="SemEval-2018 task 1 EI-reg, English: tweets, four emotions with intensities",
        task="emotion",
        language="en",
        labels=tuple(_EI_REG),
        exclusive=True,
        editions=(Edition("published", read_ei_reg, _ei_reg()),),
        licence="research only",
        terms=_TERMS,
        citation=_CITATION,
        homepage=_HOMEPAGE,
        papers=("common-space",),
    ),
)
