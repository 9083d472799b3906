from __future__ import annotations

from math import isnan

import pytest

from emocli.data.held_rows import held_cells, held_object


def test_an_object_is_parted_into_the_record_and_the_answer() -> None:
    row = held_object(
        '{"id": "1", "text": "x", "labels": ["joy"], "scores": {"joy": 0.5, "fear": null}, "n": 3}'
    )
    assert row.record == {"id": "1", "text": "x", "n": 3}
    assert (row.labels, row.scores["joy"]) == ({"joy"}, 0.5)
    assert isnan(row.scores["fear"])


def test_cells_are_parted_into_the_record_and_the_answer() -> None:
    row = held_cells(["1", "x", "joy", "0.5", "", "3"], ["joy", "fear"])
    assert row.record == ("1", "x", "3")
    assert (row.labels, row.scores["joy"]) == ({"joy"}, 0.5)
    assert isnan(row.scores["fear"])


def test_labels_are_found_though_their_names_hold_what_parts_them() -> None:
    labels = ["joy; calm", "love", "fear"]
    for held in ([], ["love"], ["joy; calm", "love"]):
        row = held_cells(["1", "x", ";".join(held), "1", "1", "1"], labels)
        assert row.labels == set(held)


@pytest.mark.parametrize("line", ["5", "so happy", '{"id": 1}', '{"labels": 1, "scores": {}}'])
def test_what_is_no_object_of_predictions_is_an_error(line: str) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        held_object(line)


@pytest.mark.parametrize("cells", [["so happy"], ["1", "x", ""], ["1", "x", "", "joy"]])
def test_what_is_no_row_of_predictions_is_an_error(cells: list[str]) -> None:
    with pytest.raises(ValueError):
        held_cells(cells, ["joy"])
