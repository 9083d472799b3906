import pytest

from emocli.data.emojis import is_emoji, plain_emoji, simpler_emoji, symbol_words
from emocli.data.emoticons import EMOTICONS
from emocli.data.tweets import tokenize_tweet


@pytest.mark.parametrize("token", ["😂", "❤", "🤷‍♀", "🇸🇰", "❤️‍🔥"])
def test_a_whole_emoji_is_an_emoji(token):
    assert is_emoji(token)


@pytest.mark.parametrize("token", ["", "a", "#", "1", "😂😂", "😂a", "é", "好"])
def test_anything_else_is_no_emoji(token):
    assert not is_emoji(token)


def test_skin_tone_and_selector_are_dropped():
    assert plain_emoji("🤷🏽‍♀️") == "🤷‍♀"


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("😂", ("face", "with", "tears", "of", "joy")),
        ("❤", ("red", "heart")),
        (":(", ("sad", "face")),
        ("happy", ()),
        ("!", ()),
    ],
)
def test_a_symbol_is_named_in_words(token, words):
    assert symbol_words(token) == words


def test_a_sequence_comes_down_to_its_first_symbol():
    assert simpler_emoji("👨‍👩‍👧") == ["👨‍👩", "👨"]
    assert simpler_emoji("😂") == []


@pytest.mark.parametrize("emoticon", sorted(EMOTICONS))
def test_every_emoticon_of_the_table_is_tokenized_whole(emoticon):
    assert tokenize_tweet(emoticon) == [emoticon]
