"""Texts as the pieces of an encoder's own tokenizer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from transformers import AutoTokenizer

from emocli.errors import DataError, EmocliError
from emocli.modelling.pretrained_tokenizer import PretrainedTokenizer
from emocli.modelling.tokenizer import load_tokenizer

KINDS = ("bert", "distilbert", "roberta", "xlnet")


def of(encoder: Path, max_length: int = 32, *, tweets: bool = False) -> PretrainedTokenizer:
    return PretrainedTokenizer.of_encoder(str(encoder), tweets=tweets, max_length=max_length)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["so happy today !", "", "I héte\tyou 😂", "\u0627\u0628"])
def test_pieces_are_those_of_transformers(
    tiny_encoders: dict[str, Path], kind: str, text: str, tmp_path: Path
) -> None:
    tokenizer = of(tiny_encoders[kind])
    tokenizer.save(tmp_path)
    expected = AutoTokenizer.from_pretrained(tiny_encoders[kind])(text)["input_ids"]
    assert tokenizer.encode(text) == load_tokenizer(tmp_path).encode(text) == expected


@pytest.mark.parametrize(
    ("kind", "longest"), [("bert", 64), ("distilbert", 64), ("roberta", 62), ("xlnet", 512)]
)
def test_a_text_is_cut_to_what_the_encoder_reads_and_keeps_its_marks(
    tiny_encoders: dict[str, Path], kind: str, longest: int
) -> None:
    tokenizer = of(tiny_encoders[kind], 512)
    ids = tokenizer.encode("so happy today " * 400)
    assert len(ids) == tokenizer.max_length == longest
    end = tokenizer.tokens(ids)[-2:]
    assert end[1:] == {"roberta": ["</s>"], "xlnet": ["<cls>"]}.get(kind, ["[SEP]"])
    assert (end[0] == "<sep>") == (kind == "xlnet")


@pytest.mark.parametrize("kind", KINDS)
def test_the_windows_of_a_text_hold_every_piece_once_each_with_its_marks(
    tiny_encoders: dict[str, Path], kind: str
) -> None:
    tokenizer = of(tiny_encoders[kind], 8)
    marks = tokenizer.encode("")
    before = len(marks) - len(marks) // 2 if kind != "xlnet" else 0
    after = len(marks) - before
    whole = of(tiny_encoders[kind], 60).encode("so happy today i hate this morning")
    windows = tokenizer.windows("so happy today i hate this morning")
    assert len(windows) > 1
    assert max(map(len, windows)) <= 8
    pieces = [piece for ids in windows for piece in ids[before : len(ids) - after]]
    assert pieces == whole[before : len(whole) - after]
    for ids in windows:
        assert [*ids[:before], *ids[len(ids) - after :]] == marks
    assert tokenizer.encode("so happy today i hate this morning") == windows[0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("word", ["so", "today ", "\n ", "x" * 500])
@pytest.mark.parametrize("n_words", [1, 40, 4000])
def test_of_a_long_text_the_windows_that_are_of_use_are_as_among_all(
    tiny_encoders: dict[str, Path], kind: str, word: str, n_words: int
) -> None:
    tokenizer = of(tiny_encoders[kind], 8)
    text = "I am " + " ".join([word] * n_words) + " happy"
    everything = tokenizer.windows(text)
    for most in (1, 2):
        found = tokenizer.windows(text, most=most)
        assert found[:most] == everything[:most]
        assert (len(found) > most) == (len(everything) > most)


# Unigrams, XLNet's, hold their marks among the pieces of words.
@pytest.mark.parametrize("kind", ["bert", "distilbert", "roberta"])
def test_a_text_that_spells_a_mark_holds_none(tiny_encoders: dict[str, Path], kind: str) -> None:
    marks = AutoTokenizer.from_pretrained(tiny_encoders[kind])
    ids = of(tiny_encoders[kind], 64).encode("so <pad> [PAD] <s> [CLS] [SEP] </s> today")
    around = [marks.cls_token_id, marks.sep_token_id]
    known = {marks.pad_token_id, marks.mask_token_id, *around}
    assert [index for index in ids if index in known] == around


@pytest.mark.parametrize(
    ("content", "fault"), [("{", "EOF while parsing"), (None, "No such file or directory")]
)
def test_damaged_pieces_are_told(
    tiny_encoder: Path, tmp_path: Path, content: str | None, fault: str
) -> None:
    """It used to be an internal error: the library raises bare exceptions."""
    of(tiny_encoder).save(tmp_path)
    path = tmp_path / "pieces.json"
    path.unlink() if content is None else path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as error:
        load_tokenizer(tmp_path)
    assert str(error.value).startswith(f"{path}: is missing or damaged: {fault}")


def test_read_as_a_tweet_an_emoji_becomes_its_name(tiny_encoder: Path) -> None:
    tokenizer = of(tiny_encoder, tweets=True)
    assert tokenizer.tokens(tokenizer.encode("so happy 😂")) == [
        *("[CLS]", "so", "happy", "face", "w", "##i", "##t", "##h"),
        *("tears", "of", "joy", "[SEP]"),
    ]
    plain = of(tiny_encoder)
    assert plain.tokens(plain.encode("so happy 😂")) == ["[CLS]", "so", "happy", "[UNK]", "[SEP]"]


def test_an_encoder_without_a_fast_tokenizer_is_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    encoder = tmp_path / "encoder"
    encoder.mkdir()
    shutil.copy(tiny_encoder / "config.json", encoder)
    # One that transformers has in Python only.
    settings = {"tokenizer_class": "CanineTokenizer"}
    (encoder / "tokenizer_config.json").write_text(json.dumps(settings))
    with pytest.raises(EmocliError) as error:
        of(encoder)
    assert str(error.value) == (
        f"the encoder '{encoder}' has no fast tokenizer (tokenizer.json); choose another one."
    )


@pytest.mark.parametrize("kind", KINDS)
def test_pieces_spell_a_text_without_the_marks(tiny_encoders: dict[str, Path], kind: str) -> None:
    tokenizer = of(tiny_encoders[kind])
    assert tokenizer.text(tokenizer.encode("so happy today")).strip() == "so happy today"
    assert tokenizer.text(tokenizer.encode("")) == ""
