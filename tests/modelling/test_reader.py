from __future__ import annotations

import pytest

from emocli.modelling.reader import LongTextError, Policy, Reader
from emocli.modelling.tokenizer import WordTokenizer

TOKENIZER = WordTokenizer([("happy", -1.0), ("sad", -1.0)], max_length=4)
HAPPY, SAD = TOKENIZER.ids_of("happy")[0], TOKENIZER.ids_of("sad")[0]
TEXTS = ["happy sad", "happy sad sad happy", "happy sad happy sad happy"]


def test_a_text_that_is_too_long_is_read_as_far_as_it_goes_and_counted() -> None:
    reader = Reader(TOKENIZER)
    assert reader.read(TEXTS) == [
        [[HAPPY, SAD]],
        [[HAPPY, SAD, SAD, HAPPY]],
        [[HAPPY, SAD, HAPPY, SAD]],
    ]
    assert reader.n_long == 1
    reader.read(TEXTS)
    assert reader.n_long == 2


def test_a_text_that_is_too_long_is_read_in_windows() -> None:
    reader = Reader(TOKENIZER, "split", 2)
    assert reader.read(TEXTS) == [
        [[HAPPY, SAD]],
        [[HAPPY, SAD], [SAD, HAPPY]],
        [[HAPPY, SAD], [HAPPY, SAD], [HAPPY]],
    ]
    assert reader.n_long == 2


def test_a_text_that_is_too_long_is_an_error() -> None:
    reader = Reader(TOKENIZER, "error")
    assert reader.read(TEXTS[:2]) == [[[HAPPY, SAD]], [[HAPPY, SAD, SAD, HAPPY]]]
    with pytest.raises(LongTextError) as caught:
        reader.read(TEXTS)
    assert caught.value.row == 2
    told = (
        " has more than 4 tokens, which is all that the model reads; shorten it, or choose another "
        "--long."
    )
    assert str(caught.value) == "text 3" + told
    assert str(caught.value.of("record a7")) == "record a7" + told
    assert caught.value.of("record a7").row == 2


@pytest.mark.parametrize(("asked", "longest"), [(None, 4), (9, 4), (4, 4), (3, 3)])
def test_no_more_is_read_than_the_tokenizer_allows(asked: int | None, longest: int) -> None:
    reader = Reader(TOKENIZER, max_length=asked)
    assert reader.max_length == longest
    assert len(reader.read([TEXTS[2]])[0][0]) == longest


@pytest.mark.parametrize(
    ("policy", "note"),
    [
        ("truncate", "1 text had more than 4 tokens: the rest was not read (--long truncate)."),
        (
            "split",
            "1 text had more than 4 tokens: each was read in windows of as many, whose "
            "probabilities were averaged (--long split).",
        ),
    ],
)
def test_what_became_of_long_texts_is_told(policy: Policy, note: str) -> None:
    reader = Reader(TOKENIZER, policy)
    reader.read(TEXTS[:2])
    assert reader.note() == ""
    reader.read(TEXTS)
    assert reader.note() == note
    reader.read(TEXTS)
    assert reader.note() == "2 texts" + note.removeprefix("1 text")
