"""Figures as SVG text and as files."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from matplotlib import rc_context

from emocli.benchmark.drawing import draw, has_matplotlib, inline_svg, save, save_all, svg
from emocli.benchmark.figures.style import INK, row_style
from emocli.benchmark.results import Results
from emocli.benchmark.suite import Suite
from emocli.benchmark.summaries import Summary, summarise
from emocli.errors import EmocliError

Make = Callable[..., dict[str, Any]]
MakeSuite = Callable[..., Suite]


@pytest.fixture
def summary(make_suite: MakeSuite, make_record: Make) -> Summary:
    """Two rows, the second of two seeds, with learning curves."""
    history = [{"seconds": 1.0, "steps": 9, "jaccard": score} for score in (0.4, 0.5)]
    records = [
        make_record(history=history),
        make_record(row="DATN-2", history=history),
        make_record(row="DATN-2", history=history, seed=2, jaccard=0.6),
    ]
    return summarise(make_suite(), records)[0]


def figure_of(summary: Summary) -> Any:
    return next(draw(summary, None)).figure


def test_every_figure_that_the_records_allow_is_drawn(summary: Summary) -> None:
    found = list(draw(summary, None))
    assert [drawing.name for drawing in found] == ["scores", "learning-curves", "speed"]
    assert found[0].caption == "Scores: mean and standard deviation of each row."


def test_the_same_numbers_make_the_same_file_whenever_it_is_made(
    summary: Summary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ending in ("svg", "png", "pdf"):
        for name, moment in (("first", "1"), ("second", "100000")):
            monkeypatch.setenv("SOURCE_DATE_EPOCH", moment)  # matplotlib's clock
            save(figure_of(summary), tmp_path / f"{name}.{ending}")
        first, second = ((tmp_path / f"{name}.{ending}") for name in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("ending", "beginning"),
    [("svg", b"<?xml version="), ("png", b"\x89PNG\r\n"), ("pdf", b"%PDF-1.")],
)
def test_the_ending_of_a_file_is_its_format(
    summary: Summary, tmp_path: Path, ending: str, beginning: bytes
) -> None:
    save(figure_of(summary), tmp_path / f"figure.{ending}")
    assert (tmp_path / f"figure.{ending}").read_bytes().startswith(beginning)


def test_settings_of_the_user_change_nothing(summary: Summary) -> None:
    plain = svg(figure_of(summary))
    with rc_context({"font.size": 30, "axes.facecolor": "red", "text.usetex": True}):
        assert svg(figure_of(summary)) == plain


def test_a_picture_for_a_page_has_ids_of_its_own_and_the_pages_ink(summary: Summary) -> None:
    picture = inline_svg(figure_of(summary), "first-")
    assert picture.startswith("<svg ")
    ids = re.findall(r'\bid="([^"]+)"', picture)
    assert len(ids) == len(set(ids)) > 10
    assert all(name.startswith("first-") for name in ids)
    used = re.findall(r'href="#([^"]+)"', picture) + re.findall(r"url\(#([^)]+)\)", picture)
    assert set(used) <= set(ids)
    assert len(used) > 10
    assert INK not in picture
    assert "var(--ink)" in picture


def test_files_are_called_by_suite_data_and_figure(summary: Summary, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "figures"
    paths = save_all([summary], Results(tmp_path), folder)
    names = ["mini-moods-scores.svg", "mini-moods-learning-curves.svg", "mini-moods-speed.svg"]
    assert paths == [folder / name for name in names]
    assert sorted(folder.iterdir()) == sorted(paths)


def test_no_file_of_another_table_is_overwritten(
    make_suite: MakeSuite, make_record: Make, tmp_path: Path
) -> None:
    limited = {**make_record()["variant"], "limit": 100}
    records = [make_record(data=data) for data in ("a/b.csv", "a b.csv")]
    records.append(make_record(variant=limited))
    paths = save_all(summarise(make_suite(), records), Results(tmp_path), tmp_path)
    assert [path.name for path in paths] == [
        "mini-moods-at-most-100-texts-of-each-part-scores.svg",
        "mini-moods-at-most-100-texts-of-each-part-speed.svg",
        "mini-a-b.csv-scores.svg",
        "mini-a-b.csv-speed.svg",
        "mini-a-b.csv-scores-2.svg",
        "mini-a-b.csv-speed-2.svg",
    ]


def test_a_folder_that_cannot_be_made_is_told(summary: Summary, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(EmocliError) as caught:
        save_all([summary], Results(tmp_path), tmp_path / "taken" / "figures")
    assert str(caught.value) == (
        f"{tmp_path}/taken/figures: cannot be written: a part of its path is a file, not a folder"
    )


def test_control_characters_and_foreign_letters_spoil_no_picture(
    make_suite: MakeSuite, make_record: Make, recwarn: pytest.WarningsRecorder
) -> None:
    (summary,) = summarise(make_suite(), [make_record(row="\x01 喜び <b>")])
    assert ">� 喜び &lt;b&gt;</text>" in svg(figure_of(summary))
    assert [str(one.message) for one in recwarn] == []


def test_rows_are_told_apart_by_more_than_colour() -> None:
    looks = [row_style(number) for number in range(42)]
    assert len({(one["color"], one["marker"]) for one in looks}) == 42


def test_without_matplotlib_the_error_names_the_extra(
    summary: Summary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert not has_matplotlib()
    with pytest.raises(EmocliError) as caught:
        list(draw(summary, None))
    assert str(caught.value) == (
        "Figures need matplotlib, which is not installed: pip install 'emocli[plots]'."
    )
