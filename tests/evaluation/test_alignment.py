from __future__ import annotations

from pathlib import Path

import pytest

from emocli.errors import DataError
from emocli.evaluation.alignment import Prediction, align

PATH = Path("answers.jsonl")


def predictions(*ids, texts=None):
    """One prediction a line with these ids; a text each, or none."""
    given = texts or [None] * len(ids)
    return [
        Prediction(line, name, text, ())
        for line, (name, text) in enumerate(zip(ids, given, strict=True), start=1)
    ]


def lines(given, ids, texts=None):
    return [prediction.line for prediction in align(PATH, given, ids, texts)]


def refused(given, ids, texts=None):
    with pytest.raises(DataError) as raised:
        align(PATH, given, ids, texts)
    return str(raised.value)


def test_predictions_are_aligned_by_id():
    assert lines(predictions("b", "c", "a"), ["a", "b", "c"]) == [3, 1, 2]


def test_predictions_without_ids_are_aligned_by_order():
    assert lines(predictions(None, None), ["a", "b"]) == [1, 2]


def test_without_ids_their_number_must_agree():
    assert refused(predictions(None, None), ["a", "b", "c"]) == (
        "answers.jsonl: 2 predictions for 3 examples; give one for each, or ids to align them by"
    )


def test_without_ids_their_texts_are_compared():
    given = predictions(None, None, None, texts=["so  happy ", None, "x"])
    assert refused(given, ["a", "b", "c"], ["so happy", "y", "z"]) == (
        "answers.jsonl:3: the text is not that of example 'c', which should stand here; "
        "keep the order of the data, or give ids to align by"
    )
    assert lines(given, ["a", "b", "c"], ["so happy", "y", "x"]) == [1, 2, 3]


def test_line_numbers_for_ids_do_where_all_texts_agree():
    given = predictions("1", "2", texts=["so happy", "so sad"])
    assert lines(given, ["en-7", "en-8"], ["so happy", "so sad"]) == [1, 2]


@pytest.mark.parametrize("texts", [None, ["so happy", "so angry"], ["so happy"]])
def test_foreign_ids_are_refused_where_texts_do_not_agree(texts):
    given = predictions("1", "2", texts=["so happy", "so sad"])
    ids = ["en-7", "en-8"][: len(texts or "12")]
    assert refused(given, ids, texts) == (
        "answers.jsonl:1: the id '1' is not in the data (not found: 2 of 2 ids); "
        "the data's first id is 'en-7'"
    )


def test_one_foreign_id_is_refused():
    assert refused(predictions("a", "c"), ["a", "b"]) == (
        "answers.jsonl:2: the id 'c' is not in the data (not found: 1 of 2 ids); "
        "the data's first id is 'a'"
    )


def test_an_id_that_comes_twice_is_refused():
    assert refused(predictions("a", "b", "a"), ["a", "b"]) == (
        "answers.jsonl:3: the id 'a' is on line 1 already"
    )


def test_a_line_without_id_among_others_is_refused():
    assert refused(predictions("a", None), ["a", "b"]) == (
        "answers.jsonl:2: this line has no id, but others have"
    )


def test_examples_without_prediction_are_counted_and_named():
    ids = ["a", "b", "c", "d", "e", "f", "g"]
    assert refused(predictions("a", "c"), ids) == (
        "answers.jsonl: no prediction for 5 of 7 examples: 'b', 'd', 'e', 'f', 'g'"
    )
    assert refused(predictions("c"), ids) == (
        "answers.jsonl: no prediction for 6 of 7 examples: 'a', 'b', 'd', 'e', 'f', …"
    )


def test_examples_that_share_an_id_do_with_the_order_of_the_data_only():
    ids = ["a", "a", "b"]
    assert lines(predictions("a", "a", "b"), ids) == [1, 2, 3]
    assert lines(predictions(None, None, None), ids) == [1, 2, 3]
    assert refused(predictions("b", "a"), ids) == (
        "answers.jsonl: some examples of the data share an id, so ids cannot align predictions "
        "with them; leave the ids out and keep the order of the data"
    )
