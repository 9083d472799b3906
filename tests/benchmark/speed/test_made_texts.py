"""Texts made of given ones: so many, so long, and never two alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path

import pytest

from emocli.benchmark.speed import made_texts
from emocli.benchmark.speed.made_texts import MadeText, TextMaker, UnmadeError, units
from emocli.inference.read_ahead import N_WINDOW_RECORDS
from emocli.modelling.pretrained_tokenizer import PretrainedTokenizer
from emocli.modelling.tokenizer import Tokenizer, WordTokenizer, load_tokenizer

Refused = Callable[[type[Exception], str], AbstractContextManager[None]]

TEXTS = ("so happy today", "I am sad")
# Much in them is the same token to a tokenizer of tweets, or the same text.
HARD = ("see 1 2 3", "see 4 5 6", "so so so", "so so so", "", "😀", "a http://b.c d", "7 8")
TOO_ALIKE = "the given texts hold too few words that the model tells apart."


@pytest.fixture(params=["words", "pieces"])
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


@pytest.fixture
def words(tiny_model: Path) -> Tokenizer:
    return load_tokenizer(tiny_model)


@pytest.fixture
def pieces(tiny_encoder: Path) -> Tokenizer:
    return PretrainedTokenizer.of_encoder(str(tiny_encoder), tweets=True, max_length=60)


def first(n: int, made: Iterable[MadeText]) -> list[MadeText]:
    return list(islice(made, n))


def texts_of(made: Iterable[MadeText]) -> list[str]:
    return [text for text, _ in made]


def repeats(rows: Sequence[object], window: int = N_WINDOW_RECORDS) -> list[int]:
    """Where a row equals one of the `window` that begin with it."""
    last: dict[object, int] = {}
    found = []
    for number, row in enumerate(rows):
        if number - last.get(row, -window) < window:
            found.append(number)
        last[row] = number
    return found


def test_words_are_rotated_by_one_more_each_time(words: Tokenizer) -> None:
    assert texts_of(first(6, TextMaker(TEXTS, words).lines())) == [
        *("so happy today", "I am sad"),
        *("happy today so", "am sad I"),
        *("today so happy", "sad I am"),
    ]


def test_a_number_spelt_in_words_comes_where_a_rotation_would_repeat(words: Tokenizer) -> None:
    """It takes the place of the last words, so that lines do not grow."""
    assert texts_of(first(10, TextMaker(TEXTS, words).lines()))[6:] == [
        *("so so happy", "so I am"),  # 1, in place of "so happy today" and "I am sad"
        *("happy happy today", "so am sad"),  # 2, since 1 makes "so happy today"; and 1
    ]


def test_lines_do_not_grow(words: Tokenizer) -> None:
    made = first(3000, TextMaker([*TEXTS, "what a day", "a b c d e f"], words).lines())
    n_units = [len(units(text)) for text, _ in made]
    assert n_units[:40] == [3, 3, 3, 6] * 10
    assert sum(n_units[-400:]) < 1.1 * sum(n_units[:400])


@pytest.mark.parametrize("texts", [TEXTS, HARD], ids=["few", "hard"])
def test_no_two_lines_of_a_window_have_the_same_tokens(
    texts: Sequence[str], tokenizer: Tokenizer
) -> None:
    n = N_WINDOW_RECORDS + 500
    made = first(n, TextMaker(texts, tokenizer).lines())
    rows = [tuple(tokenizer.encode(text)) for text, _ in made]
    assert len(rows) == n
    assert repeats(rows) == []
    assert [len(row) for row in rows] == [one.n_pieces for one in made]
    assert repeats([texts[number % len(texts)] for number in range(n)]) != []


def test_what_is_further_apart_than_a_window_may_come_again(
    words: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise lines would grow, and a million of them be remembered."""
    monkeypatch.setattr(made_texts, "N_WINDOW_RECORDS", 2)
    turns = ["so happy today", "happy today so", "today so happy"]
    assert texts_of(first(6, TextMaker(["so happy today"], words).lines())) == turns * 2


def test_lines_differ_in_what_the_model_reads(tiny_encoder: Path) -> None:
    """What is behind the last piece that is read makes no text another one."""
    short = PretrainedTokenizer.of_encoder(str(tiny_encoder), tweets=True, max_length=6)
    text = "so " * 9 + "happy today i hate love this morning"
    made = first(300, TextMaker([text], short).lines())
    rows = [tuple(short.encode(text)) for text, _ in made]
    assert repeats(rows) == []
    assert {n_pieces for _, n_pieces in made} == {6}


@pytest.mark.parametrize("n_pieces", [8, 32, 60])
@pytest.mark.parametrize("texts", [TEXTS, HARD], ids=["few", "hard"])
def test_texts_have_about_as_many_pieces_as_asked(
    texts: Sequence[str], n_pieces: int, tokenizer: Tokenizer
) -> None:
    made = first(200, TextMaker(texts, tokenizer).of_pieces(n_pieces))
    rows = [tuple(tokenizer.encode(text)) for text, _ in made]
    assert repeats(rows) == []
    lengths = [len(row) for row in rows]
    assert lengths == [one.n_pieces for one in made]
    assert max(lengths) <= n_pieces
    assert sum(lengths) / len(lengths) >= 0.9 * n_pieces


def test_texts_of_all_that_the_model_reads_are_not_cut(pieces: Tokenizer) -> None:
    made = first(50, TextMaker(TEXTS, pieces).of_pieces(pieces.max_length))
    assert [len(pieces.windows(text)) for text, _ in made] == [1] * 50


def test_words_keep_their_blanks_and_chinese_signs_have_none() -> None:
    assert units("so  happy\n😀") == ["so ", "happy ", "😀 "]
    assert units("我很ok。 好") == ["我", "很", "ok ", "。 ", "好"]


def test_chinese_is_rotated_by_signs() -> None:
    known = WordTokenizer([(sign, -2.0) for sign in ("我", "很", "好", "ok")])
    made = TextMaker(["我很好", "ok"], known).lines()
    assert texts_of(first(3, made)) == ["我很好", "ok", "很好我"]


@pytest.mark.parametrize("texts", [(), ("",), ("so",), ("1 2 3", "4")])
def test_texts_that_are_too_alike_are_refused(
    texts: Sequence[str], words: Tokenizer, refused: Refused
) -> None:
    """A word comes at most three times in a row, as tokens."""
    with refused(UnmadeError, TOO_ALIKE):
        first(20, TextMaker(texts, words).lines())
    with refused(UnmadeError, TOO_ALIKE):
        first(20, TextMaker(texts, words).of_pieces(8))


def test_texts_of_marks_alone_are_refused(pieces: Tokenizer, refused: Refused) -> None:
    with refused(UnmadeError, TOO_ALIKE):
        first(2, TextMaker(TEXTS, pieces).of_pieces(2))


def test_texts_longer_than_the_model_reads_are_refused(pieces: Tokenizer, refused: Refused) -> None:
    with refused(UnmadeError, "the model reads at most 60 of a text."):
        first(1, TextMaker(TEXTS, pieces).of_pieces(61))
