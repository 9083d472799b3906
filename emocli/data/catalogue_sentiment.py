"""Sentiment data sets: the SemEval tweets of 2013 to 2017, and tweets labelled by emoticons."""

from __future__ import annotations

from emocli.data.dataset import Dataset, Edition, File, Source, Split
from emocli.data.semeval import SENTIMENTS, read_message_polarity, read_topic_polarity
from emocli.data.single_label import (
    distinct,
    read_kaggle_sentiment,
    read_label_file,
    read_sentiment140,
)

_TRAINING = "https://www.dropbox.com/s/byzr8yoda6bua1b/2017_English_final.zip?dl=1"
_TEST = "http://alt.qcri.org/semeval2017/task4/data/uploads/semeval2017-task4-test.zip"

# The part of the name after "twitter-", rows, SHA-256.
_FILES_A = (
    ("2013train", 9_684, "111969d156c516b40bd504fcedcca52bbd44ec24add6f59290eb94df9b9c392c"),
    ("2013dev", 1_654, "e402ab2e9bad766275ef5af490e2c3b0edca8236d60e6e69227589186bffd896"),
    ("2013test", 3_547, "eb98d2342016eefda22dd563aa1ccde18aed399eeba572d8c963bbc56c196164"),
    ("2014sarcasm", 86, "8321459374f88fc32b0b93da76c8740e7a3f30256886dbe9fcebb04b0ae8906f"),
    ("2014test", 1_853, "d6aa09ca41031e3deefb7e5b2f74f53260ab374f993e2275d8e4ccec6b210253"),
    ("2015train", 489, "29780e613f562a511fa427196503c3f95fea6c0298470e157deab88a0e0ed65e"),
    ("2015test", 2_390, "54b3481924c025d31ac9669c049603b91035b40e8becd6629fb9476a6d9a62f4"),
    ("2016train", 6_000, "f49f65cf5e94b47d077ab7715d3d0a656c09b5c71608678a672d7378ef79c932"),
    ("2016dev", 1_999, "47bda81cb91db2bf92222a5f20742b5e3edc14eb391e74b882b284e5afd0c8bb"),
    ("2016devtest", 2_000, "c16686ebaa3b61770f4d4d2a60d051715146950faa93e039bb0aefb3523c3b38"),
    ("2016test", 20_632, "c90ee3e9cca3c4b019cc45169190c0bcc1c9e2eda938527e31d12040798dc453"),
)
_FILES_B = (
    ("2015train", 489, "a14675bd8e854a278c687202dce31d9fc8d22a8ff45e8e385be04c410551ee79"),
    ("2015test", 2_383, "867e091eaf5191d035811445b7abe198cf7149b21f56295e7476d18b15d814b1"),
    ("2016train", 4_346, "4286d90fbcc6e4cf8efb94792f472a67be247e974a3c79ed85b840ccce4fed31"),
    ("2016dev", 1_325, "f0db5205bf091a6aee956b6aee400c46f44873e006dc9d3c288892887fac7cb0"),
    ("2016devtest", 1_417, "987b2ddbc7cf0b6d041902bcccba9ba2ba65abd133d253509488f84b2a73ce6e"),
    ("2016test", 10_551, "b4ace78c1fd62cbcbccb0296fe4fbca3e74956b6398d8c83794ce540477a51b4"),
)
# Rows of task B that remain without the neutral and "off topic" ones.
_TWO_CLASSES = {"2015-train": 198, "2015-test": 1_127}


def _semeval_files(
    table: tuple[tuple[str, int, str], ...], task: str, folder: str, test: File
) -> dict[str, File]:
    """The file of each split; in the archive of 2017 lie files of the same names without texts."""
    files = {}
    for part, rows, sha256 in table:
        name = f"twitter-{part}-{task}.txt"
        files[f"{part[:4]}-{part[4:]}"] = File(
            name,
            rows=rows,
            sha256=(sha256,),
            aliases=(f"GOLD/{folder}/{name}", name.replace(".txt", ".tsv")),
            source=Source(_TRAINING, archive=True),
        )
    return {**files, "2017-test": test}


def _test_file(task: str, rows: int, sha256: str) -> File:
    name = f"SemEval2017-task4-test.subtask-{task}.english.txt"
    return File(name, rows=rows, sha256=(sha256,), source=Source(_TEST, archive=True))


_A = _semeval_files(
    _FILES_A,
    "A",
    "Subtask_A",
    _test_file("A", 12_284, "ba92a90426d19ead3930e241e7babdb1ba8b57b6c34aada236d53d242ae38cd1"),
)
_B = _semeval_files(
    _FILES_B,
    "BD",
    "Subtasks_BD",
    _test_file("BD", 6_185, "2dffb12606faee4bc4352d5365e9217ec3cf731da253a9432c4c05b95bc35803"),
)
_S1 = ("2016-train", "2016-devtest", "2016-test")
_ROLES = {"train": "2016-train", "dev": "2016-dev", "test": "2016-test"}
_TERMS = (
    "For research. The tweets are subject to Twitter's terms of service: do not redistribute them."
)
_CITATION = (
    "Sara Rosenthal, Noura Farra and Preslav Nakov (2017): SemEval-2017 task 4: Sentiment analysis "
    "in Twitter. SemEval-2017, 502-518."
)
_HOMEPAGE = "https://alt.qcri.org/semeval2017/task4/"

_SENTIMENT140 = Source(
    "http://cs.stanford.edu/people/alecmgo/trainingandtestdata.zip",
    sha256="004a3772c8a7ff9bbfeb875880f47f0679d93fc63e5cf9cff72d54a8a6162e57",
    archive=True,
)
_SAMPLE = tuple(
    File(f"{label}.txt", rows=50_000, sha256=(sha256,))
    for label, sha256 in (
        ("negative", "91305124952116f2a29e1b1024eb74f74f6bfdf566189ffed2f0bfa9b181a3b7"),
        ("positive", "9974fca006a8ba35d363f2444712b16479948ba2fc9613a2d42cdd143251769d"),
    )
)

SENTIMENT_DATASETS: tuple[Dataset, ...] = (
    Dataset(
        name="semeval-sentiment-4a",
        title="SemEval 2013-2017 task A: the sentiment of tweets, three classes",
        task="sentiment",
        language="en",
        labels=SENTIMENTS,
        exclusive=True,
        editions=(
            Edition(
                "published",
                read_message_polarity,
                {name: Split((file,)) for name, file in _A.items()}
                | {
                    "s1": Split(
                        tuple(_A[name] for name in _S1),
                        note="datn's source data; its table 2 counts 28,631 of these 28,632 tweets",
                    ),
                    "all": Split(
                        tuple(_A.values()),
                        examples=61_864,
                        choose=distinct,
                        note="every tweet once: the first of those with the same id and text",
                    ),
                },
            ),
        ),
        licence="research only",
        terms=_TERMS,
        citation=_CITATION,
        homepage=_HOMEPAGE,
        roles={**_ROLES, "source": "s1"},
        papers=("datn", "common-space"),
    ),
    Dataset(
        name="semeval-sentiment-4b",
        title="SemEval 2015-2017 task B: the sentiment of tweets towards a topic, two classes",
        task="sentiment",
        language="en",
        labels=("negative", "positive"),
        exclusive=True,
        editions=(
            Edition(
                "published",
                read_topic_polarity,
                {name: Split((file,), examples=_TWO_CLASSES.get(name)) for name, file in _B.items()}
                | {"all": Split(tuple(_B.values()), examples=25_149)},
            ),
        ),
        licence="research only",
        terms=_TERMS,
        citation=_CITATION,
        homepage=_HOMEPAGE,
        roles={**_ROLES, "source": "all"},
        papers=("common-space",),
    ),
    Dataset(
        name="sentiment140",
        title="sentiment140: tweets labelled by the emoticons they held",
        task="sentiment",
        language="en",
        labels=("negative", "positive"),
        exclusive=True,
        editions=(
            Edition(
                "published",
                read_sentiment140,
                {
                    "train": Split(
                        (
                            File(
                                "training.1600000.processed.noemoticon.csv",
                                rows=1_600_000,
                                source=_SENTIMENT140,
                            ),
                        )
                    ),
                    "test": Split(
                        (File("testdata.manual.2009.06.14.csv", rows=498, source=_SENTIMENT140),),
                        examples=359,
                    ),
                },
            ),
            Edition("sample of 100,000", read_label_file, {"train": Split(_SAMPLE)}),
        ),
        licence="research only",
        terms="For research; cite sentiment140 as the source. The tweets are subject to Twitter's "
        "terms of service.",
        citation="Alec Go, Richa Bhayani and Lei Huang (2009): Twitter sentiment classification "
        "using distant supervision. CS224N project report, Stanford.",
        homepage="http://help.sentiment140.com/for-students",
        folders=("sentiment140-100k",),
    ),
    Dataset(
        name="kaggle-twitter-sentiment",
        title="Kaggle's Twitter sentiment analysis: 100,000 tweets, two classes",
        task="sentiment",
        language="en",
        labels=("negative", "positive"),
        exclusive=True,
        editions=(
            Edition(
                "published",
                read_kaggle_sentiment,
                {"train": Split((File("train.csv", rows=99_989),))},
            ),
        ),
        licence="the competition's rules",
        terms="Kaggle asks for an account and for consent to the competition's rules. The labels "
        "of its 300,000 test tweets were never published.",
        citation="Twitter sentiment analysis. Kaggle in class competition.",
        homepage="https://www.kaggle.com/c/twitter-sentiment-analysis2",
        how="sign in at Kaggle, accept the rules, download the competition's data and unpack "
        "train.csv into a folder",
        folders=("twitter-sentiment-analysis2",),
        papers=("common-space",),
    ),
)
