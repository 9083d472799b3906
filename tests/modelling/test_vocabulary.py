import math

import pytest

from emocli.data.tweets import tokenize_tweet
from emocli.modelling.vocabulary import count_words, log_shares, storable


def counts(texts, min_count=2):
    return count_words(texts, tokenize_tweet, min_count)[0]


def test_a_word_needs_enough_different_texts():
    assert counts(["rare word", "word", "rare word"]) == {"word": 2}


def test_a_text_repeated_with_another_link_counts_once():
    assert counts(["same words http://a.com", "same words http://b.com", "other"]) == {}


def test_a_word_counts_once_a_text():
    assert counts(["ha ha ha", "oh"]) == {}


@pytest.mark.parametrize(
    "word",
    ["<user>", "<number>", "ann_b", "x1", "a@b", "a.b", "b" * 26, "1", "www.a", "<br>"],
)
def test_what_may_single_out_a_person_is_not_stored(word):
    assert not storable(word)


@pytest.mark.parametrize(
    "word", ["happy", "don't", "self-love", "été", "高兴", "😂", "<3", ":d", "!"]
)
def test_words_and_symbols_are_stored(word):
    assert storable(word)


def test_a_user_name_needs_many_more_texts_than_a_word():
    texts = [f"{word} zorblat" for word in ("one", "two", "three", "four")]
    assert counts(texts)["zorblat"] == 4
    assert counts([*texts, "hi @Zorblat"]) == {}
    many = [f"w{chr(97 + index)} zorblat" for index in range(10)]
    assert counts([*many, "hi @Zorblat"])["zorblat"] == 10


def test_without_names_a_rare_word_that_is_mostly_capitalised_is_left_out():
    texts = ["we met Jolanda there", "oh Jolanda", "says jolanda", "so Jolanda", "#Jolanda"]
    texts = [f"{text} happy {number}" for number, text in zip("abcde", texts, strict=True)]
    assert "jolanda" in count_words(texts, tokenize_tweet, 2)[0]
    without = count_words(texts, tokenize_tweet, 2, names=False)[0]
    assert "jolanda" not in without
    assert without["happy"] == 5


def test_without_names_a_frequent_word_stays_however_it_is_written():
    texts = [f"see you on Friday w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(50)]
    assert count_words(texts, tokenize_tweet, 2, names=False)[0]["friday"] == 50
    assert "friday" not in count_words(texts[:49], tokenize_tweet, 2, names=False)[0]


def test_shares_are_logarithms_of_parts_of_the_whole():
    assert log_shares({"a": 3, "b": 1}) == [("a", round(math.log(0.75), 4)), ("b", -1.3863)]


def test_no_texts_give_no_words():
    assert log_shares(counts([])) == []
