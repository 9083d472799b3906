"""Texts a second against the work: what is drawn, by hand."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emocli.benchmark.figures.scaling import scaling
from emocli.benchmark.speed.report import Speed
from emocli.benchmark.speed.scaling import Rate, Scaling, Work

FP32, BF16 = "emocli, fp32, 64 tokens", "emocli, bf16, 64 tokens"


def lines(way: str, n: int, per_second: float) -> Rate:
    return Rate(way, Work("lines", n), n, 9.0, n / per_second, per_second)


def pieces(way: str, n: int, mean: float, per_second: float) -> Rate:
    return Rate(way, Work("pieces", n), 512, mean, 512 / per_second, per_second)


def speed_of(*rates: Rate, model: str = "mine") -> Speed:
    found = Scaling(rates) if rates else None
    return Speed(model, "t.txt", 4, 1, "cpu", 1.0, [], {"forward": 1.0}, found)


def drawn(*speeds: Speed) -> Figure:
    figure = scaling(speeds)
    assert figure is not None
    return figure


def points(axes: Axes) -> list[list[list[float]]]:
    return [line.get_xydata().tolist() for line in axes.lines]  # type: ignore[union-attr]


def labels(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_lines_are_on_the_left_and_pieces_on_the_right() -> None:
    figure = drawn(
        speed_of(
            *(lines(FP32, 1000, 300.0), lines(BF16, 1000, 500.0)),
            *(lines(FP32, 10000, 310.0), lines(BF16, 10000, 520.0)),
            *(pieces(FP32, 8, 7.9, 900.0), pieces(BF16, 8, 7.9, 1500.0)),
        )
    )
    left, right = figure.axes
    assert points(left) == [
        [[1000.0, 300.0], [10000.0, 310.0]],
        [[1000.0, 500.0], [10000.0, 520.0]],
    ]
    assert points(right) == [[[7.9, 900.0]], [[7.9, 1500.0]]]
    assert (left.get_xlabel(), right.get_xlabel()) == ("lines of a file", "pieces of a text")
    for axes in (left, right):
        assert axes.get_ylabel() == "texts a second"
        assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
        assert axes.get_ylim()[0] == 0
    assert left.get_xticks().tolist() == [1000, 10000]
    assert right.get_xticks().tolist() == [8]
    assert [text.get_text() for text in left.get_xticklabels()] == ["1,000", "10,000"]
    assert labels(figure) == [FP32, BF16]


def test_a_way_looks_the_same_in_both_panels() -> None:
    found = speed_of(lines(FP32, 9, 3.0), pieces(FP32, 8, 8.0, 3.0), pieces(BF16, 8, 8.0, 4.0))
    left, right = drawn(found).axes

    def look(line: Any) -> tuple[Any, ...]:
        return line.get_color(), line.get_marker()

    assert look(left.lines[0]) == look(right.lines[0]) != look(right.lines[1])


def test_ways_of_several_models_have_the_models_name() -> None:
    found = (speed_of(lines(FP32, 9, 3.0)), speed_of(lines(FP32, 9, 4.0), model="other"))
    figure = drawn(*found)
    assert points(figure.axes[0]) == [[[9.0, 3.0]], [[9.0, 4.0]]]
    assert [name.replace("\n", " ") for name in labels(figure)] == [
        f"mine: {FP32}",
        f"other: {FP32}",
    ]


def test_what_was_not_measured_has_no_panel() -> None:
    (axes,) = drawn(speed_of(pieces(FP32, 8, 8.0, 3.0))).axes
    assert axes.get_xlabel() == "pieces of a text"
    assert scaling([speed_of()]) is None
