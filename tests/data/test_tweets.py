import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emocli.data.tweets import LONGEST_WORD, readable, tokenize_tweet


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Sooo HAPPYYY today!!!!", ["soo", "happyy", "today", "!", "!", "!"]),
        ("@ann_b and @Bob: hi", ["<user>", "and", "<user>", ":", "hi"]),
        ("see https://t.co/a1 or www.x.org now", ["see", "<url>", "or", "<url>", "now"]),
        ("example.com/a?b=c bit.ly/xyz", ["<url>", "<url>"]),
        ("write to ann.lee@mail.example.co.uk.", ["write", "to", "<email>", "."]),
        ("call 555-123-4567 at 8pm", ["call", "<number>", "at", "<number>"]),
        ("the 2nd of 25/12/2017", ["the", "<number>", "of", "<number>"]),
        ("-5 degrees, 3.5% more", ["<number>", "degrees", ",", "<number>", "%", "more"]),
        ("gr8 2day, covid19", ["great", "today", ",", "covid", "<number>"]),
        ("don't be so self-critical", ["don't", "be", "so", "self-critical"]),
        ("good.thanks", ["good", ".", "thanks"]),
        ("and so on....", ["and", "so", "on", "..."]),
        ("wait... what", ["wait", "...", "what"]),
        ("_very_ snake_case", ["very", "snake", "case"]),
        ("", []),
        (" \t\n ", []),
    ],
)
def test_a_tweet_becomes_plain_lower_case_tokens(text, tokens):
    assert tokenize_tweet(text) == tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("#HappyDays", ["#", "happy", "days"]),
        ("#happydays", ["#", "happydays"]),
        ("#HAPPY", ["#", "happy"]),
        ("#NFLSunday", ["#", "nfl", "sunday"]),
        ("#IAmHere", ["#", "i", "am", "here"]),
        ("#goals2017", ["#", "goals", "<number>"]),
        ("#so_true", ["#", "so", "true"]),
        ("#sOmEtHiNg", ["#", "something"]),
        ("#ÉtéÀParis", ["#", "été", "à", "paris"]),
        ("# alone", ["#", "alone"]),
    ],
)
def test_a_hashtag_is_cut_where_its_writer_used_capitals(text, tokens):
    assert tokenize_tweet(text) == tokens


@pytest.mark.parametrize("emoticon", [":)", ":-(", ":D", ":'(", "<3", "</3", "^_^", "T_T", ":3"])
def test_an_emoticon_is_one_token(emoticon):
    assert tokenize_tweet(f"well {emoticon} yes") == ["well", emoticon.lower(), "yes"]


def test_an_emoticon_is_found_where_it_touches_a_word():
    assert tokenize_tweet("tonight:)") == ["tonight", ":)"]


def test_a_colon_before_a_word_is_no_emoticon():
    assert tokenize_tweet("Note:don't") == ["note", ":", "don't"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("hi😂😍", ["hi", "😂", "😍"]),
        ("❤️‍🔥❤️", ["❤‍🔥", "❤"]),
        ("👍🏽 👍", ["👍", "👍"]),
        ("🤷🏽‍♀️!", ["🤷‍♀", "!"]),
        ("👨‍👩‍👧🇸🇰🇬🇧", ["👨‍👩‍👧", "🇸🇰", "🇬🇧"]),
        ("😂" * 9, ["😂"] * 3),
        ("☺☺", ["☺", "☺"]),
    ],
)
def test_an_emoji_sequence_is_one_token_without_skin_tone(text, tokens):
    assert tokenize_tweet(text) == tokens


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("you &amp; me &lt;3", "you & me <3"),
        ("twice &amp;lt;3", "twice <3"),
        ("R&D; fine", "R&D; fine"),
        ("so \\n sad", "so   sad"),
        ("cafÃ©", "café"),
        ("“don’t”", '"don\'t"'),
        ("half \ud800 pair", "half  pair"),
    ],
)
def test_damaged_text_is_put_right(text, plain):
    assert readable(text) == plain


def test_fancy_letters_are_letters():
    assert tokenize_tweet("𝓱𝓪𝓹𝓹𝔂 ＨＥＬＬＯ") == ["happy", "hello"]


def test_invisible_characters_leave_no_token():
    assert tokenize_tweet("a\u200bb \ufe0f \x00 \u200d") == ["a", "b"]


def test_a_token_comes_at_most_three_times_in_a_row():
    assert tokenize_tweet("no no no no no yes no") == ["no", "no", "no", "yes", "no"]


@settings(max_examples=400, deadline=None)
@given(st.text(st.characters(), max_size=120))
def test_any_text_can_be_tokenized(text):
    tokens = tokenize_tweet(text)
    assert all(token and not token.isspace() for token in tokens)


@settings(max_examples=400, deadline=None)
@given(st.text("aB1 @#.:/-()<>&;_'~\\\ufe0f\u200d😂🏽🇸❤é\ud800\x00ﬁ", max_size=60))
def test_any_mixture_of_marks_can_be_tokenized(text):
    tokens = tokenize_tweet(text)
    assert all(token and not token.isspace() for token in tokens)
    assert not any("@" in token and len(token) > 1 and token[1].isalpha() for token in tokens)


@pytest.mark.parametrize("part", ["a", "(", "😂", "@", "1", "a.", "&", "\u0301\u0316", "http://a"])
def test_a_line_of_a_megabyte_takes_seconds_at_most(part):
    text = part * (1_000_000 // len(part))
    begun = time.process_time()
    tokenize_tweet(text)
    assert time.process_time() - begun < 30


def test_a_word_without_end_is_cut():
    longest = max(map(len, tokenize_tweet("abcdefgh" * 1000)))
    assert longest == LONGEST_WORD


def test_a_long_address_is_one_token():
    assert tokenize_tweet("see http://t.co/" + "ab" * 1000) == ["see", "<url>"]


@pytest.mark.real_data
def test_real_tweets_give_no_user_name_and_no_address():
    folder = os.environ.get("EMOCLI_DATA")
    if not folder:
        pytest.skip("EMOCLI_DATA does not name a folder of published data")
    path = Path(folder) / "semeval2018-ec" / "2018-E-c-En-dev.txt"
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        for token in tokenize_tweet(line.split("\t")[1]):
            assert not token.startswith("@") or token == "@"
            assert "http" not in token
            assert not any(char.isdigit() for char in token) or token == "<3"
