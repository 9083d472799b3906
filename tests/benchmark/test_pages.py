"""Tables and figures as one HTML page."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from emocli import __version__
from emocli.benchmark.pages import as_html
from emocli.benchmark.suite import Row, Suite
from emocli.benchmark.summaries import Summary, summarise
from emocli.benchmark.tables import grid

Make = Callable[..., dict[str, Any]]
MakeSuite = Callable[..., Suite]
BARE = {"meta"}  # elements without an end, of those that the page uses
EVIL = '<script>alert("&")</script>'


class Page(HTMLParser):
    """What a page holds; an element that is not closed in its place is an error."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert len(attributes) == len(dict(attributes)), f"<{tag}> has an attribute twice"
        self.elements.append((tag, dict(attributes)))
        if tag not in BARE:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.texts[tag][-1] += data


@pytest.fixture
def summary(make_suite: MakeSuite, make_record: Make) -> Summary:
    rows = (Row("Base", "bilstm", published={"moods": {"jaccard": 0.45}}), Row(EVIL, "datn2"))
    suite = make_suite(*rows, source="A <paper>", notes="One.\nTwo & three.", title="<Mini>")
    records = [make_record(jaccard=0.4), make_record(jaccard=0.6, seed=2)]
    return summarise(suite, [*records, make_record(row=EVIL, jaccard=0.7)])[0]


def test_every_element_is_closed_and_every_id_is_one_elements(summary: Summary) -> None:
    page = as_html([summary, summary])
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n')
    found = Page(page)
    ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [a["href"] for tag, a in found.elements if tag == "a"]
    assert links == ["#part-1", "#part-2"]
    assert {"part-1", "part-2"} <= set(ids)


def test_nothing_outside_the_page_is_referred_to(summary: Summary) -> None:
    page = as_html([summary])
    loading = {"src", "href", "xlink:href", "data", "action", "srcset", "poster", "background"}
    for tag, attributes in Page(page).elements:
        assert tag not in {"script", "link", "iframe", "object", "embed", "base", "img"}
        for name in loading & attributes.keys():
            assert re.match("#|data:image/png;base64,", attributes[name] or "")
    assert set(re.findall(r"url\((.)", page)) <= {"#"}
    assert "@import" not in page
    namespaces = {"http://www.w3.org/1999/xlink", "http://www.w3.org/2000/svg"}
    assert set(re.findall(r'https?://[^\s"<]+', page)) == namespaces


def test_the_table_is_there_with_its_notes(summary: Summary) -> None:
    found, table = Page(as_html([summary])), grid(summary)
    cells = [cell.text for row in table.rows for cell in row[1:]]
    assert found.texts["td"] == cells
    assert found.texts["th"] == [*table.headings, *(row[0].text for row in table.rows)]
    assert found.texts["strong"] == [cell.text for row in table.rows for cell in row if cell.best]
    assert {"0.500 ± 0.141", "0.450", "+0.050"} <= set(found.texts["td"])
    assert found.texts["p"] == ["Published: A <paper>.", "One.", "Two & three."]
    assert found.texts["title"] == ["<Mini>: moods"]
    assert found.texts["h2"] == ["<Mini>: moods"]


def test_names_are_text_and_nothing_else(summary: Summary) -> None:
    page = as_html([summary])
    assert "<script" not in page
    assert "&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;" in page
    assert EVIL in Page(page).texts["th"]


def test_figures_are_in_the_page_with_what_they_show(summary: Summary) -> None:
    found = Page(as_html([summary]))
    assert found.texts["figcaption"] == [
        "Scores: mean and standard deviation of each row.",
        "Scores against speed.",
    ]
    assert sum(tag == "svg" for tag, _ in found.elements) == 2
    assert "published" in found.texts["svg"][0]


def test_light_and_dark_are_the_readers_choice(summary: Summary) -> None:
    (style,) = Page(as_html([summary], None)).texts["style"][:1]
    assert ":root { color-scheme: light dark; --ink: #24292f;" in style
    assert "@media (prefers-color-scheme: dark) {\n  :root { --ink: #e6edf3;" in style


def test_a_variant_is_named_where_there_are_several(
    make_suite: MakeSuite, make_record: Make
) -> None:
    limited = {**make_record()["variant"], "limit": 100}
    summaries = summarise(make_suite(), [make_record(), make_record(variant=limited)])
    assert Page(as_html(summaries)).texts["a"] == [
        "Mini: moods",
        "Mini: moods (at most 100 texts of each part)",
    ]


def test_a_row_that_failed_says_why(make_suite: MakeSuite, make_record: Make) -> None:
    failed = make_record(status="failed", error="no <encoder>")
    found = Page(as_html(summarise(make_suite(), [failed])))
    assert found.texts["p"] == ["Base failed: no <encoder>"]
    assert "svg" not in found.texts


def test_a_page_says_what_made_it_and_not_when(summary: Summary) -> None:
    page = as_html([summary])
    assert f"<footer>Made by emocli {__version__}.</footer>" in page
    assert not re.search(r"\b\d{4}-\d\d-\d\d\b|\b\d\d:\d\d\b", page)


def test_without_matplotlib_the_page_says_how_to_get_figures(
    summary: Summary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    found = Page(as_html([summary]))
    assert found.texts["p"][-1] == (
        "Figures need matplotlib, which is not installed: pip install 'emocli[plots]'."
    )
    assert "svg" not in found.texts
    assert "0.500 ± 0.141" in found.texts["td"]
