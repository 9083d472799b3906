import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emocli.errors import DataError, UsageError
from emocli.modelling.tokenizer import SPECIALS, WordTokenizer, load_tokenizer

TEXTS = [
    "I am so happy today 😂",
    "I am so sad today :(",
    "happy days are here, my friend",
    "sad days, my friend!",
    "love my friend",
    "love this café",
    "the café today",
    "I worry",
    "why worry 😂 :(",
]


@pytest.fixture(scope="module")
def tokenizer():
    return WordTokenizer.build(TEXTS)


def tokens(tokenizer, text):
    return tokenizer.tokens(tokenizer.encode(text))


def test_known_words_are_their_own_tokens(tokenizer):
    assert tokens(tokenizer, "Sad days, my friend :( 😂") == [
        "sad",
        "days",
        ",",
        "my",
        "friend",
        ":(",
        "😂",
    ]


def test_the_first_ids_are_the_special_tokens(tokenizer):
    assert SPECIALS == (
        "<pad>",
        "<unknown>",
        "<empty>",
        "<user>",
        "<url>",
        "<email>",
        "<number>",
    )
    assert tokenizer.tokens(range(7)) == list(SPECIALS)
    assert tokenizer.pad == 0


def test_the_most_frequent_words_come_first(tokenizer):
    assert tokenizer.vocabulary[7:11] == ("friend", "i", "my", "today")


def test_a_text_without_tokens_is_the_empty_token(tokenizer):
    assert tokens(tokenizer, " \n") == ["<empty>"]


def test_control_tokens_cannot_be_spelled(tokenizer):
    assert not {0, 2} & set(tokenizer.encode("<pad> <empty> <unknown>"))


def test_placeholders_are_known(tokenizer):
    assert tokens(tokenizer, "@ann a.b@c.org 12 http://t.co/x") == [
        "<user>",
        "<email>",
        "<number>",
        "<url>",
    ]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("happydays", ["happy", "days"]),
        ("friend's", ["friend"]),
        ("friends'", ["friend"]),
        ("happpyyy", ["happy"]),
        ("saddd", ["sad"]),
        ("cafe", ["##c", "##a", "##f", "##e"]),
        ("cäfé", ["##c", "##a", "##f", "##e"]),
        ("lóve", ["love"]),
        ("sad-happy", ["sad", "happy"]),
        ("worrying", ["worry"]),
        ("loved", ["love"]),
        ("zqx", ["##z", "##q", "##x"]),
        ("漢", ["<unknown>"]),
    ],
)
def test_an_unknown_word_comes_down_to_known_ones(tokenizer, word, expected):
    assert tokenizer.tokens(tokenizer.ids_of(word)) == expected


def test_an_unknown_emoji_comes_down_to_its_name():
    tokenizer = WordTokenizer.build(
        ["sad face, tears", "face of tears", "heart ❤", "heart ❤ 🤷 🤷"]
    )
    assert tokens(tokenizer, "😂") == ["face", "tears"]
    assert tokens(tokenizer, "🧡") == ["heart"]
    assert tokens(tokenizer, ":(") == ["face"]
    assert tokens(tokenizer, "🚀") == ["<unknown>"]


def test_an_unknown_sequence_comes_down_to_its_first_emoji():
    tokenizer = WordTokenizer.build(["🤷 well", "oh 🤷"])
    assert tokens(tokenizer, "🤷🏽‍♀️") == ["🤷"]


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(), max_size=80))
def test_any_text_is_encoded_to_real_tokens(text):
    tokenizer = WordTokenizer.build(TEXTS)
    ids = tokenizer.encode(text)
    assert ids
    assert all(0 < index < len(tokenizer) for index in ids)


def test_a_long_text_is_cut(tokenizer):
    text = "happy sad " * 300
    assert len(tokenizer.encode(text)) == 256
    assert tokenizer.encode(text, max_length=3) == tokenizer.encode("happy sad happy")


def test_the_windows_of_a_text_follow_one_another(tokenizer):
    windows = tokenizer.windows("happy sad happy sad sad", max_length=2)
    assert [tokenizer.tokens(ids) for ids in windows] == [
        ["happy", "sad"],
        ["happy", "sad"],
        ["sad"],
    ]
    assert [tokenizer.tokens(ids) for ids in tokenizer.windows("", max_length=2)] == [["<empty>"]]


def test_a_saved_tokenizer_encodes_as_before(tokenizer, tmp_path):
    tokenizer.save(tmp_path)
    loaded = load_tokenizer(tmp_path)
    text = "happydays, worrying 🤷🏽‍♀️ @x I am SO zqx café"
    assert loaded.encode(text) == tokenizer.encode(text)
    assert len(loaded) == len(tokenizer)
    assert loaded.pad == 0


def test_the_file_says_its_kind_and_format(tokenizer, tmp_path):
    tokenizer.save(tmp_path)
    settings = json.loads((tmp_path / "tokenizer.json").read_text(encoding="utf-8"))
    assert list(settings) == ["format", "kind", "language", "max_length", "tokens"]
    assert [settings[key] for key in ("format", "kind", "language", "max_length")] == [
        1,
        "words",
        "en",
        256,
    ]
    assert settings["tokens"][0][0] == "friend"


def test_building_twice_gives_the_same_vocabulary():
    again = WordTokenizer.build(iter(TEXTS))
    assert again.words == WordTokenizer.build(TEXTS).words


def test_max_words_keeps_the_most_frequent():
    tokenizer = WordTokenizer.build(TEXTS, max_words=3)
    words = [word for word in tokenizer.vocabulary[7:] if not word.startswith("##")]
    assert words == ["friend", "i", "my"]


def whole_words(tokenizer):
    return [word for word in tokenizer.vocabulary[7:] if not word.startswith("##")]


def test_more_words_follow_those_of_the_texts():
    own = whole_words(WordTokenizer.build(TEXTS))
    more = ["merry", "friend", "glad", "merry", "a1", "x@y.org", "<url>", "❤"]
    tokenizer = WordTokenizer.build(TEXTS, more_words=iter(more))
    assert whole_words(tokenizer) == [*own, "merry", "glad", "❤"]
    assert tokens(tokenizer, "glad friend") == ["glad", "friend"]


def test_more_words_are_as_rare_as_words_can_be():
    shares = dict(WordTokenizer.build(TEXTS, min_count=1, more_words=["merry"]).words)
    assert shares["merry"] == shares["here"] == min(shares[w] for w in shares if w[:2] != "##")
    assert shares["merry"] < shares["friend"]


def test_a_word_of_one_text_may_come_back_among_more_words():
    assert "here" not in whole_words(WordTokenizer.build(TEXTS))
    assert "here" in whole_words(WordTokenizer.build(TEXTS, more_words=["here"]))


def test_max_words_counts_more_words_too():
    tokenizer = WordTokenizer.build(TEXTS, max_words=10, more_words=["merry", "glad"])
    own = whole_words(WordTokenizer.build(TEXTS))
    assert whole_words(tokenizer) == [*own, "merry", "glad"][:10]
    assert whole_words(WordTokenizer.build(TEXTS, max_words=3, more_words=["merry"])) == own[:3]


def test_a_shorter_length_is_kept_with_the_tokenizer(tmp_path):
    tokenizer = WordTokenizer.build(TEXTS, max_length=3)
    tokenizer.save(tmp_path)
    for one in (tokenizer, load_tokenizer(tmp_path)):
        assert one.max_length == 3
        assert len(one.encode("happy sad " * 9)) == 3


def test_segmented_text_is_taken_word_by_word():
    tokenizer = WordTokenizer.build(["我 高兴", "很 高兴"], language="segmented")
    assert tokens(tokenizer, "高兴") == ["高兴"]
    assert tokens(tokenizer, "不高兴") == ["高兴"]


def test_an_unknown_language_is_an_error():
    with pytest.raises(UsageError) as error:
        WordTokenizer.build(TEXTS, language="english")
    assert str(error.value).startswith("unknown language 'english'")
    assert "Known languages: en, segmented, zh." in str(error.value)


def test_a_word_twice_is_refused():
    with pytest.raises(ValueError, match="comes twice or is a special token"):
        WordTokenizer([("a", -1.0), ("a", -1.0)])


def test_a_model_folder_without_its_tokenizer_is_an_error(tmp_path):
    with pytest.raises(DataError) as error:
        load_tokenizer(tmp_path)
    path = tmp_path / "tokenizer.json"
    assert str(error.value) == f"{path}: is missing: the model folder is not complete"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not a tokenizer's file: Expecting property name"),
        ("[]", "is not a tokenizer's file: list indices must be integers"),
        ('{"kind": "words"}', "is not a tokenizer's file: there is no 'format'"),
        (
            '{"kind": "bytes", "format": 1}',
            "has kind 'bytes', format 1; this emocli reads format 1 of: pretrained, words; "
            "a newer emocli may read it",
        ),
        ('{"kind": ["words"], "format": 1}', "has kind '['words']', format 1; "),
        ('{"kind": "words", "format": 1}', "is damaged: there is no 'tokens'"),
        ('{"kind": "words", "format": 1, "tokens": [3]}', "is damaged: cannot unpack"),
        (
            '{"kind": "words", "format": 1, "tokens": [], "language": "xx", "max_length": 9}',
            "is damaged: language is 'xx'",
        ),
        (
            '{"kind": "words", "format": 1, "tokens": [], "language": "en", "max_length": 0}',
            "is damaged: max_length is 0",
        ),
    ],
)
def test_a_damaged_file_is_an_error_that_names_it(tmp_path, content, message):
    path = tmp_path / "tokenizer.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as error:
        load_tokenizer(tmp_path)
    assert str(error.value).startswith(f"{path}: {message}")


@pytest.mark.real_data
def test_a_vocabulary_of_real_tweets_singles_out_nobody():
    folder = os.environ.get("EMOCLI_DATA")
    if not folder:
        pytest.skip("EMOCLI_DATA does not name a folder of published data")
    path = Path(folder) / "semeval2018-ec" / "2018-E-c-En-dev.txt"
    texts = [line.split("\t")[1] for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    words = WordTokenizer.build(texts).vocabulary[7:]
    users = {name.lower() for text in texts for name in re.findall(r"@(\w+)", text)}
    lowered = [text.lower() for text in texts]
    for word in words:
        assert word == "<3" or not re.search(r"[\d_]|\w[.@]\w|http", word)
        if word in users:
            assert sum(word in text for text in lowered) >= 10
