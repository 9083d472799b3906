import datetime
import json
from decimal import Decimal

import pytest

from emocli.data.output_rows import ROW_NAMES, carried_name, cell, json_text, output_row
from emocli.data.record import Record


def test_a_row_holds_the_answer_and_then_the_columns_carried_through():
    record = Record(None, "so happy", {"year": "1999"})
    row = output_row(record, "1", ["joy"], {"joy": 0.75})
    assert list(row.items()) == [
        ("id", "1"),
        ("text", "so happy"),
        ("labels", ["joy"]),
        ("scores", {"joy": 0.75}),
        ("year", "1999"),
    ]


def test_a_carried_column_never_replaces_an_answer():
    record = Record("7", "so happy", {"labels": "gold", "input_labels": "older", "ID": 3})
    row = output_row(record, "7", [], {})
    assert row == {
        "id": "7",
        "text": "so happy",
        "labels": [],
        "scores": {},
        "input_labels": "gold",
        "input_input_labels": "older",
        "ID": 3,
    }
    assert carried_name("input_other", ROW_NAMES) == "input_other"


def test_json_keeps_characters_and_escapes_lone_surrogates():
    assert json_text({"text": "ça 😂\u2028"}) == '{"text": "ça 😂\u2028"}'
    text = json_text({"text": "ça \ud83d"})
    assert text == '{"text": "ça \\ud83d"}'
    assert json.loads(text) == {"text": "ça \ud83d"}


def test_json_has_no_numbers_that_json_lacks():
    assert (
        json_text({"a": float("nan"), "b": [float("inf"), 0.5]}) == '{"a": null, "b": [null, 0.5]}'
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("so, happy", "so, happy"),
        ("so \ud83d", "so \ufffd"),
        (3, "3"),
        (0.5, "0.5"),
        (True, "true"),
        (["a", 1], '["a", 1]'),
        ({"a": "ç"}, '{"a": "ç"}'),
        (datetime.date(2018, 1, 2), "2018-01-02"),
        (datetime.datetime(2018, 1, 2, 3, 4), "2018-01-02T03:04:00"),
        (datetime.time(3, 4), "03:04:00"),
        (b"\xe7a", "\\xe7a"),
        (Decimal("1.50"), '"1.50"'),
        ([datetime.date(2018, 1, 2), Decimal("1.50")], '["2018-01-02", "1.50"]'),
    ],
)
def test_a_cell_holds_text_as_it_is_and_else_json(value, text):
    assert cell(value) == text
