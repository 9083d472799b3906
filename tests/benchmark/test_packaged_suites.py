"""The suites that come with emocli: each is sound, and its numbers are those of the paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emocli.benchmark.suite import DEFAULT, Row, Suite, packaged, read_suite
from emocli.plugins import registry

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def row_of(suite: Suite, name: str) -> Row:
    return next(row for row in suite.rows if row.name == name)


def published(name: str, row: str, data: str) -> dict[str, float]:
    return dict(row_of(read_suite(name), row).published[data])


def test_the_default_suite_comes_first() -> None:
    assert next(iter(packaged())) == DEFAULT
    assert list(packaged())[1:] == sorted(set(packaged()) - {DEFAULT})


@pytest.mark.parametrize("name", packaged())
def test_a_packaged_suite_is_sound(name: str) -> None:
    suite = read_suite(name)
    assert suite.name == name
    assert suite.title and suite.notes
    numbers = [n for row in suite.rows for told in row.published.values() for n in told.values()]
    assert all(0 <= number <= 1 for number in numbers)
    assert all(row.published for row in suite.rows) == bool(suite.source) == bool(numbers)


def test_there_is_a_suite_for_each_table_of_methods() -> None:
    counts = {name: len(read_suite(name).rows) for name in packaged()}
    assert counts == {
        "quick": 10,
        "bert-family-isear": 4,
        "bert-family-results": 5,
        "bert-variants-table-1": 4,
        "bert-variants-table-2": 4,
        "common-space-table-1": 6,
        "common-space-table-2": 4,
        "datn-table-3-chinese": 8,
        "datn-table-3-english": 8,
        "datn-table-3-folds": 2,
        "fine-grained-table-2": 13,
    }


def test_the_quick_suite_has_every_method_that_needs_no_download() -> None:
    light = {
        name
        for name, method in registry().methods.items()
        if method.bases == "none"
        and "encoder" not in {option for option, *_ in method.config_class().described()}
    }
    assert {row.method for row in read_suite("quick").rows} == light


def test_common_space_table_1() -> None:
    name, data = "common-space-table-1", "semeval2018-ec"
    bert = {"jaccard": 0.547, "micro-f1": 0.656, "macro-f1": 0.542}
    assert published(name, "BERT", data) == bert
    best = {"jaccard": 0.586, "micro-f1": 0.706, "macro-f1": 0.58}
    assert published(name, "Model-3.3", data) == best
    assert row_of(read_suite(name), "Model-3.1").method == "common-space-3.1"


def test_common_space_table_2() -> None:
    name = "common-space-table-2"
    assert published(name, "Model-1", "semeval2018-ei-reg") == {"micro-f1": 0.585}
    assert published(name, "Model-3.3", "isear") == {"micro-f1": 0.575}


def test_datn_table_3_english() -> None:
    suite = read_suite("datn-table-3-english")
    told = {row.name: row.published["semeval2018-ec"] for row in suite.rows}
    assert [numbers["jaccard"] for numbers in told.values()] == [
        *(0.569, 0.575, 0.577, 0.579, 0.580),
        *(0.577, 0.582, 0.583),
    ]
    assert [numbers["macro-f1"] for numbers in told.values()] == [
        *(0.521, 0.519, 0.526, 0.531, 0.540),
        *(0.532, 0.543, 0.544),
    ]


def test_datn_table_3_chinese() -> None:
    name, data = "datn-table-3-chinese", "ren-cecps"
    assert published(name, "APSP", data) == {
        "jaccard": 0.389,
        "macro-f1": 0.399,
        "average-precision": 0.670,
        "one-error": 0.499,
    }
    assert published(name, "DATN-2", data) == {
        "jaccard": 0.400,
        "macro-f1": 0.420,
        "average-precision": 0.674,
        "one-error": 0.498,
    }


def test_the_folds_of_datn_table_3() -> None:
    assert read_suite("datn-table-3-folds").folds == 10
    assert published("datn-table-3-folds", "DATN-2", "ren-cecps") == {
        "jaccard": 0.457,
        "macro-f1": 0.444,
        "average-precision": 0.732,
        "one-error": 0.415,
    }


def test_bert_variants_tables() -> None:
    tables = ("bert-variants-table-1", "bert-variants-table-2")
    assert [published(name, "BERT base", "semeval2018-ec") for name in tables] == [
        {"micro-f1": 0.6999, "macro-f1": 0.5897, "jaccard": 0.581},
        {"micro-f1": 0.7071, "macro-f1": 0.5428, "jaccard": 0.5884},
    ]
    assert [published(name, "DistilBERT", "jigsaw") for name in tables] == [
        {"micro-f1": 0.7822, "macro-f1": 0.6576},
        {"micro-f1": 0.6659, "macro-f1": 0.5453},
    ]
    assert [data.test for data in read_suite(tables[0]).data] == [
        "semeval2018-ec:dev",
        "jigsaw:dev",
    ]


def test_fine_grained_table_2() -> None:
    suite = read_suite("fine-grained-table-2")
    assert {row.name: row.published["goemotions"]["macro-f1"] for row in suite.rows} == {
        "Baseline after 4 epochs": 0.470,
        "Baseline": 0.506,
        "Aux Task (ekman)": 0.510,
        "Aux Task (senti)": 0.513,
        "Label Embeds after 4 epochs": 0.537,
        "Label Embeds": 0.537,
        "Label Embeds + Aux Tasks (senti)": 0.530,
        "Embed Mix (Train) after 4 epochs": 0.472,
        "Embed Mix (Train)": 0.472,
        "Embed Mix (T5) after 4 epochs": 0.489,
        "Embed Mix (T5)": 0.513,
        "Embed Mix (T5) + Aux Tasks": 0.489,
        "Embed Mix (T5) + Label Embeds": 0.528,
    }


def test_bert_family_results() -> None:
    assert published("bert-family-results", "BERT", "emotion-dair") == {
        "accuracy": 0.914,
        "macro-f1": 0.8575,
        "macro-precision": 0.8472,
        "macro-recall": 0.8757,
    }


def test_the_numbers_on_isear_are_the_means_of_the_seven_that_are_printed() -> None:
    f1 = {
        "BERT": (0.57, 0.67, 0.75, 0.67, 0.88, 0.78, 0.60),
        "RoBERTa": (0.62, 0.73, 0.80, 0.68, 0.93, 0.79, 0.65),
        "DistilBERT": (0.55, 0.67, 0.73, 0.61, 0.85, 0.78, 0.52),
        "XLNet": (0.58, 0.71, 0.78, 0.71, 0.92, 0.79, 0.63),
    }
    for row, printed in f1.items():
        told = published("bert-family-isear", row, "isear")
        assert told["macro-f1"] == pytest.approx(sum(printed) / 7, abs=5e-5)


def test_every_suite_is_on_its_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in packaged():
        suite = read_suite(name)
        data = ", ".join(f"`{one.name}`" for one in suite.data)
        assert f"| `{name}` | {suite.title} | {data} | {len(suite.rows)} |" in page


def test_the_suite_on_the_page_is_sound_and_ten_lines_long(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    example, *_ = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "mine.toml").write_text(example, encoding="utf-8")
    suite = read_suite(tmp_path / "mine.toml")
    assert len(example.splitlines()) == 10
    assert [row.name for row in suite.rows] == ["bilstm", "with sentiment"]
    assert suite.data[0].roles == {"source": ("semeval-sentiment-4a",)}


def test_the_table_of_data_on_the_page_is_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("train", "dev", "test", "moods"):
        (tmp_path / f"{name}.csv").write_text("text,label\nso happy,joy\n", encoding="utf-8")
    _, table, *_ = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "mine.toml").write_text(f'{table}[[rows]]\nmethod = "ft"\n', encoding="utf-8")
    assert [data.name for data in read_suite(tmp_path / "mine.toml").data] == ["mine"]
