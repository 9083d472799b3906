"""What is wrong with a suite: every kind of fault with its whole text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from emocli import datasets
from emocli.evaluation.metric_names import METRIC_NAMES
from emocli.methods import Config
from emocli.plugins import registry

Faults = Callable[[str], list[str]]

METHODS = ", ".join(sorted(registry().methods))
METRICS = ", ".join(sorted(METRIC_NAMES))
DATA = ", ".join(sorted(datasets.known()))
ROLES = ", ".join(sorted({role for method in registry().methods.values() for role in method.roles}))


def options(*names: str) -> str:
    """The options of these methods, sorted, as an error lists them."""
    configs: list[type[Config]] = [registry().method(name).config_class() for name in names]
    return ", ".join(sorted({option for config in configs for option, *_ in config.described()}))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "seeds = 2",
            "sedes = 2",
            "4: unknown key 'sedes': did you mean 'seeds'? Known keys: data, folds, metrics, "
            "notes, options, roles, rows, seeds, source, title.",
        ),
        ("seeds = 2", 'seeds = "2"', "4: 'seeds' is '2', expected a whole number, 1 to 1000"),
        ("seeds = 2", "seeds = 0", "4: 'seeds' is 0, expected a whole number, 1 to 1000"),
        (
            "seeds = 2",
            "seeds = 10000000000",
            "4: 'seeds' is 10000000000, expected a whole number, 1 to 1000",
        ),
        ("seeds = 2", "seeds = true", "4: 'seeds' is True, expected a whole number, 1 to 1000"),
        ("seeds = 2", "folds = 1", "4: 'folds' is 1, expected a whole number, 2 to 1000"),
        ('title = "Mine"', "title = 3", "1: 'title' is 3, expected text"),
        (
            '"macro-f1"]',
            '"macro-f2"]',
            f"3: unknown metric 'macro-f2': did you mean 'macro-f1'? Known metrics: {METRICS}.",
        ),
        (
            '["jaccard", "macro-f1"]',
            "[1]",
            "3: 'metrics' is [1], expected text or a list of texts",
        ),
        (
            '"semeval2018-ec"',
            '"semeval2018-ce"',
            "2: unknown data set 'semeval2018-ce': did you mean 'semeval2018-ec'? "
            f"Known data sets: {DATA}. A file is given by its path.",
        ),
        (
            '["semeval2018-ec"]',
            "[7]",
            "2: 'data' holds 7, expected the name of a data set, or tables",
        ),
        (
            '"semeval2018-ec"',
            '"semeval2018-ec:tset"',
            "2: data set 'semeval2018-ec' has no split 'tset': did you mean 'test'? "
            "Splits: train, dev, test.",
        ),
        (
            '["semeval2018-ec"]',
            '["kaggle-twitter-sentiment"]',
            "2: data set 'kaggle-twitter-sentiment' has no dev split; choose one of its splits, "
            "as in kaggle-twitter-sentiment:train. Splits: train.",
        ),
        (
            '["semeval2018-ec"]',
            '["isear", "isear"]',
            "2: data 'isear' are there already; give these another name",
        ),
        (
            "source =",
            "sauce =",
            f"6: unknown role 'sauce': did you mean 'source'? Known roles: {ROLES}.",
        ),
        (
            '"semeval-sentiment-4a"',
            '"semeval-sentiment-4c"',
            "6: unknown data set 'semeval-sentiment-4c': did you mean 'semeval-sentiment-4b'? "
            f"Known data sets: {DATA}. A file is given by its path.",
        ),
        (
            "epochs = 5",
            'epochs = "many"',
            "8: option 'epochs' is 'many', expected a whole number",
        ),
        ("epochs = 5", "epochs = 0", "8: option 'epochs' is '0', expected 1 or more"),
        (
            "epochs = 5",
            "epoch = 5",
            "8: unknown option 'epoch': did you mean 'epochs'? "
            f"Known options: {options(*registry().methods)}.",
        ),
        (
            "epochs = 5",
            'metric = "f1"',
            f"8: unknown metric 'f1'. Known metrics: {METRICS}.",
        ),
        (
            'method = "bilstm"',
            'method = "bilst"',
            f"10: unknown method 'bilst': did you mean 'bilstm'? Known methods: {METHODS}.",
        ),
        (
            'method = "bilstm"',
            'name = "Base"',
            f"9: the row has no method, expected one of: {METHODS}",
        ),
        ('method = "bilstm"', "method = 1", "10: 'method' is 1, expected text"),
        (
            'method = "bilstm"',
            'metod = "bilstm"\nmethod = "bilstm"',
            "10: unknown key 'metod': did you mean 'method'? "
            "Known keys: bases, method, name, options, published.",
        ),
        (
            'name = "DATN-2"',
            'name = "bilstm"',
            "12: row 'bilstm' is there already, on line 9; give this one a name of its own",
        ),
        (
            'name = "DATN-2"',
            'name = "DATN-2, short"',
            "12: row 'DATN-2, short' has a comma, at which --methods parts names: "
            "give a name without",
        ),
        (
            'name = "DATN-2"',
            'name = "DATN-2 "',
            "12: row 'DATN-2 ' has blanks at its ends, several together or a line end: "
            "give a name without",
        ),
        (
            "learning_rate",
            "leraning_rate",
            "14: unknown option 'leraning_rate': did you mean 'learning_rate'? "
            f"Known options: {options('datn2')}.",
        ),
        (
            "learning_rate = 0.002",
            "epochs = 1.5",
            "14: option 'epochs' is '1.5', expected a whole number",
        ),
        (
            "learning_rate = 0.002",
            "embeddings = [1]",
            "14: option 'embeddings' is '[1]', expected text",
        ),
        (
            "{ learning_rate = 0.002 }",
            "3",
            "14: 'options' is 3, expected a table",
        ),
        (
            "jaccard = 0.443",
            "jacard = 0.443",
            f"15: unknown metric 'jacard': did you mean 'jaccard'? Known metrics: {METRICS}.",
        ),
        (
            "jaccard = 0.443",
            "accuracy = 0.443",
            "15: published accuracy is none of the suite's metrics: jaccard, macro-f1",
        ),
        (
            "jaccard = 0.443",
            "jaccard = 44.3",
            "15: published jaccard is 44.3, expected a number from 0 to 1",
        ),
        (
            "jaccard = 0.443",
            "jaccard = true",
            "15: published jaccard is True, expected a number from 0 to 1",
        ),
        (
            "{ jaccard = 0.443 }",
            "{ isaer = { jaccard = 0.4 } }",
            "15: unknown data set 'isaer'. Known data sets: semeval2018-ec.",
        ),
        (
            "published = { jaccard = 0.443 }",
            'bases = ["bilstm"]',
            "15: method 'datn2' builds upon no other model: leave bases out",
        ),
        (
            "published = { jaccard = 0.443 }",
            'bases = ["bilsmt"]',
            "15: unknown row 'bilsmt': did you mean 'bilstm'? Known rows: bilstm. "
            "A row builds upon rows above it.",
        ),
        (
            '[roles]\nsource = ["semeval-sentiment-4a"]\n',
            "",
            "11: method 'datn2' needs source data: add [roles] with source = [\"NAME\"]",
        ),
    ],
)
def test_a_fault_is_told_with_its_line(
    mine: Path, faults_of: Faults, old: str, new: str, told: str
) -> None:
    sound = mine.read_text(encoding="utf-8")
    text = sound.replace(old, new, 1)
    assert text != sound
    assert told in faults_of(text)


def test_every_fault_is_told_in_the_order_of_the_lines(mine: Path, faults_of: Faults) -> None:
    text = mine.read_text(encoding="utf-8").replace("seeds = 2", "seeds = -1")
    text = text.replace("datn2", "dant2").replace('["semeval2018-ec"]', "[]")
    assert faults_of(text.replace("jaccard = 0.443", "jaccard = 44.3")) == [
        '2: there are no data, expected some: data = ["semeval2018-ec"]',
        "4: 'seeds' is -1, expected a whole number, 1 to 1000",
        f"13: unknown method 'dant2': did you mean 'datn2'? Known methods: {METHODS}.",
        "15: published jaccard is 44.3, expected a number from 0 to 1",
    ]


def test_a_wrong_name_in_a_list_over_several_lines_has_its_own_line(faults_of: Faults) -> None:
    text = 'data = [\n  "isear",\n  "goemotoins",\n]\n[[rows]]\nmethod = "bert"\n'
    assert [line.partition("'")[0] for line in faults_of(text)] == ["3: unknown data set "]
