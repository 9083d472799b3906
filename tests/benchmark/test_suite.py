"""Suites of a user's own: what is read of them, and how they are found."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from emocli.benchmark.suite import DataSpec, Row, Suite, packaged, read_suite
from emocli.errors import UsageError

Faults = Callable[[str], list[str]]


def written(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_suite_says_everything_in_few_lines(mine: Path) -> None:
    roles = {"source": ("semeval-sentiment-4a",)}
    assert read_suite(mine) == Suite(
        name="mine",
        title="Mine",
        source="",
        data=(DataSpec("semeval2018-ec", "semeval2018-ec", None, None, roles),),
        rows=(
            Row("bilstm", "bilstm", {}, (), {}),
            Row(
                "DATN-2",
                "datn2",
                {"learning_rate": 0.002},
                (),
                {"semeval2018-ec": {"jaccard": 0.443}},
            ),
        ),
        metrics=("jaccard", "macro-f1"),
        seeds=2,
        options={"epochs": 5},
        notes="",
        path=mine,
        folds=0,
    )


def test_data_and_rows_are_enough(tmp_path: Path) -> None:
    suite = read_suite(written(tmp_path, 'data = "isear"\n[[rows]]\nmethod = "bert"\n'))
    assert (suite.name, suite.title) == ("own", "own")
    assert (suite.metrics, suite.seeds) == (("jaccard", "micro-f1", "macro-f1"), 3)


def test_data_may_be_tables_with_parts_and_roles_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text("text,label\nso happy,joy\n", encoding="utf-8")
    few = str(tmp_path / "few.csv")
    text = f"""
[roles]
source = ["semeval-sentiment-4a"]
[[data]]
name = "mine"
train = "{few}"
dev = "{few}"
roles = {{ source = ["semeval-sentiment-4b", "sentiment140"] }}
[[data]]
train = "jigsaw:all-train"
test = "jigsaw:dev"
[[rows]]
method = "ft"
published.mine = {{ jaccard = 1 }}
"""
    suite = read_suite(written(tmp_path, text))
    assert suite.data == (
        DataSpec("mine", few, few, None, {"source": ("semeval-sentiment-4b", "sentiment140")}),
        DataSpec(
            "jigsaw:all-train",
            "jigsaw:all-train",
            None,
            "jigsaw:dev",
            {"source": ("semeval-sentiment-4a",)},
        ),
    )
    assert suite.rows[0].published == {"mine": {"jaccard": 1.0}}


def test_a_published_number_without_a_name_is_of_all_data(tmp_path: Path, mine: Path) -> None:
    text = mine.read_text(encoding="utf-8").replace('["semev', '["isear", "semev')
    row = read_suite(written(tmp_path, text)).rows[1]
    assert row.published == {"isear": {"jaccard": 0.443}, "semeval2018-ec": {"jaccard": 0.443}}


def test_a_file_with_folds_needs_no_dev_data(tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text("text,label\nso happy,joy\n", encoding="utf-8")
    text = f'folds = 10\ndata = "{tmp_path / "few.csv"}"\n[[rows]]\nmethod = "bert"\n'
    assert read_suite(written(tmp_path, text)).folds == 10


def test_notes_are_a_paragraph_a_line(tmp_path: Path, mine: Path) -> None:
    notes = 'notes = """\nFirst\nparagraph.\n\n  Second one.\n"""\n'
    assert (
        read_suite(written(tmp_path, notes + mine.read_text(encoding="utf-8"))).notes
        == "First paragraph.\nSecond one."
    )


def test_an_option_of_a_method_without_a_row_may_stand_in_the_suite(
    tmp_path: Path, mine: Path
) -> None:
    text = mine.read_text(encoding="utf-8").replace("epochs = 5", 'encoder = "x"')
    suite = read_suite(written(tmp_path, text))
    assert suite.options == {"encoder": "x"}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("", '1: there are no rows; each is a table: [[rows]] with method = "NAME" below it'),
        (
            "rows = 3\n",
            "2: 'rows' must be tables: [[rows]] with method = \"NAME\" below it",
        ),
        (
            '[rows]\nmethod = "bert"\n',
            "2: 'rows' must be tables: [[rows]] with method = \"NAME\" below it",
        ),
    ],
)
def test_a_suite_without_rows_is_refused(faults_of: Faults, rows: str, told: str) -> None:
    assert faults_of(f'data = "isear"\n{rows}') == [told]


def test_a_suite_without_data_is_refused(faults_of: Faults) -> None:
    assert faults_of('[[rows]]\nmethod = "bert"\n') == [
        '1: there are no data, expected some: data = ["semeval2018-ec"]'
    ]
    assert faults_of('[[data]]\nname = "x"\n[[rows]]\nmethod = "bert"\n') == [
        '1: what to learn from is missing: train = "semeval2018-ec"'
    ]


def test_a_file_must_be_there_and_have_dev_data(tmp_path: Path, faults_of: Faults) -> None:
    (tmp_path / "few.csv").write_text("text,label\nso happy,joy\n", encoding="utf-8")
    few, none = tmp_path / "few.csv", tmp_path / "gone.tsv"
    text = f'data = ["{few}",\n"{none}"]\n[[rows]]\nmethod = "bert"\n'
    assert faults_of(text) == [
        f"1: {few}: a file has no dev data of its own; they choose the best epoch and the "
        'thresholds. Add dev = "FILE" with other texts',
        f"2: {none}: no such file; look in the folder {tmp_path}",
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            'method = "embedding-mixing"',
            "4: method 'embedding-mixing' builds upon one trained model: bases = [\"A ROW ABOVE\"]",
        ),
        (
            'method = "embedding-mixing"\nbases = ["bert", "bert"]',
            "6: method 'embedding-mixing' builds upon one trained model: bases = [\"A ROW ABOVE\"]",
        ),
        (
            'method = "ensemble"',
            "4: method 'ensemble' builds upon several trained models: "
            'bases = ["A ROW ABOVE", "A ROW ABOVE"]',
        ),
        (
            'method = "ensemble"\nbases = ["ensemble", "bert"]',
            "6: unknown row 'ensemble'. Known rows: bert. A row builds upon rows above it.",
        ),
    ],
)
def test_bases_are_rows_above_as_many_as_the_method_wants(
    faults_of: Faults, row: str, told: str
) -> None:
    text = f'data = "isear"\n[[rows]]\nmethod = "bert"\n[[rows]]\n{row}\n'
    assert faults_of(text) == [told]


def test_what_is_not_toml_is_told_with_its_line(faults_of: Faults) -> None:
    assert faults_of('data = "isear"\nrows: 3\n') == [
        "2: this is not TOML: Expected '=' after a key in a key/value pair (column 5)"
    ]


def test_an_unknown_suite_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        read_suite("quikc")
    assert str(caught.value) == (
        "unknown suite 'quikc': did you mean 'quick'? "
        f"Known suites: {', '.join(sorted(packaged()))}. A file is given by its path."
    )


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_suite(tmp_path / "mine.toml")
    assert str(caught.value).startswith(f"{tmp_path / 'mine.toml'}: no such file")


def test_a_file_is_taken_before_a_packaged_suite(
    mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(mine.parent)
    mine.rename(mine.with_name("quick"))
    assert read_suite("quick").title == "Mine"


def test_reading_a_suite_loads_nothing_heavy() -> None:
    probe = (
        "import sys\n"
        "from emocli.benchmark.suite import packaged, read_suite\n"
        "suites = [read_suite(name) for name in packaged()]\n"
        "sys.exit(' '.join({'torch', 'numpy', 'transformers', 'pyarrow'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    assert done.stderr == "\n"
