"""Texts a second against the work: what is answered, and what is told. No time is asserted."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from emocli import models
from emocli.benchmark.speed import made_texts, scaling
from emocli.benchmark.speed.measure import Timing
from emocli.benchmark.speed.report import Speed, grid, grids
from emocli.benchmark.speed.scaling import Rate, Scaling, Work, measure_scaling, works
from emocli.benchmark.speed.ways import Way, emocli_way
from emocli.data.inputs import Inputs
from emocli.modelling.batches import Item
from emocli.reporting import Bar, Reporter

TEXTS = ("so happy today", "I am sad", "so happy today", "what a day 😀")


class Heard(Reporter):
    """Remembers the bars, and how far they went."""

    def __init__(self) -> None:
        self.bars: list[tuple[str, float | None, str]] = []
        self.done = 0.0

    @contextmanager
    def progress(self, description: str, total: float | None, unit: str) -> Iterator[Bar]:
        self.bars.append((description, total, unit))
        heard = self

        class Counting(Bar):
            def advance(self, n: float = 1, **values: float | str) -> None:
                heard.done += n

        yield Counting()


@pytest.fixture
def way(tiny_model: Path) -> Way:
    return emocli_way(models.load(str(tiny_model)), "fp32", torch.float32, 2048)


def watched(way: Way, seen: list[list[str]]) -> Way:
    """The way, doing nothing but to note the texts that it is given."""

    def run(source: Path, target: Path) -> None:
        seen.append([record.text for record in Inputs([source]).records()])

    return replace(way, run=run)


def speed_of(scaling: Scaling | None) -> Speed:
    timing = Timing("emocli, fp32, 64 tokens", "emocli", "fp32", "64 tokens", [1.0], 4.0)
    return Speed("mine", "t.txt", 4, 1, "cpu", 1.0, [timing], {"forward": 1.0}, scaling)


def rate(way: str, work: Work, per_second: float, n_pieces: float = 9.5) -> Rate:
    return Rate(way, work, work.n_texts, n_pieces, work.n_texts / per_second, per_second)


def test_each_way_does_each_work_after_a_small_one(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scaling, "N_TEXTS", 7)
    monkeypatch.setattr(scaling, "N_WARM", 5)
    seen: list[list[str]] = []
    own = watched(way, seen)
    pipeline = Way("pipeline", "fp32", "batch 1", own.run)
    asked = works(lines=(3, 9), pieces=(6,))
    found = measure_scaling([own, replace(own, batch="8 tokens"), pipeline], TEXTS, asked)
    assert [(one.way, one.work.name, one.n_texts) for one in found.rates] == [
        (name, work, n)
        for work, n in (("3 lines", 3), ("9 lines", 9), ("6 pieces", 7))
        for name in ("emocli, fp32, 2,048 tokens", "emocli, fp32, 8 tokens")
    ]
    assert [len(texts) for texts in seen] == [3, 3] * 2 + [5, 9] * 2 + [5, 7] * 2
    assert seen[3][:3] == ["so happy today", "I am sad", "so so happy"]
    assert all(one.texts_per_second == one.n_texts / one.seconds > 0 for one in found.rates)
    assert found.left_out == []


def test_the_mean_number_of_pieces_is_that_of_the_tokens_read(way: Way) -> None:
    assert way.predictor is not None
    tokenizer = way.predictor.reader.tokenizer
    seen: list[list[str]] = []
    (found,) = measure_scaling([watched(way, seen)], TEXTS, works(lines=[40])).rates
    lengths = [len(tokenizer.encode(text)) for text in seen[-1]]
    assert len(set(lengths)) > 1
    assert found.n_pieces == sum(lengths) / 40


def test_every_text_is_computed(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """emocli computes equal texts of a window once, so a file of repeated texts shows nothing."""
    assert way.predictor is not None
    computed: list[int] = []
    n_labels = len(way.predictor.trained.model.labels)

    def score(items: Sequence[Item]) -> Any:
        computed.append(len(items))
        return np.zeros((len(items), n_labels), dtype=np.float32)

    monkeypatch.setattr(way.predictor, "_score", score)
    monkeypatch.setattr(scaling, "N_WARM", 1)
    measure_scaling([way], TEXTS, works(lines=[5000]))
    assert sum(computed) == 1 + 5000
    way.predictor.probabilities(TEXTS)
    assert computed[-1] == 3 < len(TEXTS)


def test_whatever_characters_a_text_holds_a_line_is_a_text(way: Way) -> None:
    seen: list[list[str]] = []
    texts = ("so\nhappy\x00", "sad \ud83d today", "\ufeffI am\x1f")
    measure_scaling([watched(way, seen)], texts, works(lines=[3]))
    assert seen[-1] == ["so happy\x00", "sad \ud83d today", "\ufeffI am"]


def test_lines_are_not_held_in_memory(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_texts, "N_WINDOW_RECORDS", 50)
    idle = replace(way, run=lambda *_: None)
    peaks = []
    for n in (500, 500, 5000):
        tracemalloc.start()
        measure_scaling([idle], TEXTS, works(lines=[n]))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] - peaks[1] < 5000 * 20  # bytes; a line alone takes more than 60


def test_works_that_cannot_be_done_are_left_out_with_the_reason(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scaling, "N_TEXTS", 30)
    heard = Heard()
    asked = works(lines=[1, 20], pieces=[4, 257])
    found = measure_scaling([replace(way, run=lambda *_: None)], ["so"], asked, heard)
    assert [one.work.name for one in found.rates] == ["1 line"]
    alike = "the given texts hold too few words that the model tells apart."
    assert found.left_out == [
        f"20 lines: {alike}",
        f"4 pieces: {alike}",
        "257 pieces: the model reads at most 256 of a text.",
    ]
    assert (heard.bars, heard.done) == ([("cost against work", 81, "texts")], 81)


def test_the_table_has_a_row_a_work_and_a_column_a_way() -> None:
    lines, pieces = works(lines=[10000], pieces=[8])
    rates = [rate("a", lines, 1234.4), rate("b", lines, 99.6), rate("a", pieces, 5.0, 7.98)]
    found = Scaling([*rates, rate("b", pieces, 6.0, 7.98)], ["512 pieces: too long."])
    first, second = grids(speed_of(found))
    assert first == grid(speed_of(None))
    assert second.title == "mine: texts/s against work, cpu"
    assert second.headings == ("work", "texts", "pieces a text", "a", "b")
    assert [[cell.text for cell in row] for row in second.rows] == [
        ["10,000 lines", "10,000", "9.5", "1,234", "100"],
        ["8 pieces", "512", "8.0", "5", "6"],
    ]
    assert second.notes[1:] == ("Left out: 512 pieces: too long.",)


def test_json_tells_the_rates_and_what_was_left_out() -> None:
    (work,) = works(pieces=[8])
    told = speed_of(Scaling([rate("a", work, 256.0)], ["512 pieces: too long."])).as_dict()
    assert json.loads(json.dumps(told))["scaling"] == {
        "rates": [
            {
                "way": "a",
                "work": {"kind": "pieces", "number": 8},
                "n_texts": 512,
                "n_pieces": 9.5,
                "seconds": 2.0,
                "texts_per_second": 256.0,
            }
        ],
        "left_out": ["512 pieces: too long."],
    }


def test_where_it_is_not_asked_for_nothing_is_told() -> None:
    assert len(grids(speed_of(None))) == 1
    assert "scaling" not in speed_of(None).as_dict()
