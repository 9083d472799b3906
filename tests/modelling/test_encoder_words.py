"""The whole words among an encoder's pieces, whatever way it marks what is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import BertConfig, PreTrainedTokenizerFast

from emocli.errors import EmocliError
from emocli.modelling.encoders import encoder_words


def folder(place: Path, tokenizer: Tokenizer, **marks: str) -> str:
    """An encoder's folder as far as words need it: no weights."""
    wrapped: Any = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **marks)
    wrapped.save_pretrained(place)
    BertConfig().save_pretrained(place)
    return str(place)


def ids(*pieces: str) -> dict[str, int]:
    return {piece: index for index, piece in enumerate(pieces)}


def word_pieces(*pieces: str) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(ids("[UNK]", "[CLS]", *pieces), unk_token="[UNK]"))
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


def byte_pairs(*pieces: str) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(ids("<s>", *pieces), []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel()
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def unigrams(*pieces: str) -> Tokenizer:
    scored = [(piece, -float(place)) for place, piece in enumerate(("<unk>", *pieces))]
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=0))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer


def test_word_pieces_that_go_on_a_word_are_none(tmp_path: Path) -> None:
    tokenizer = word_pieces("happy", "##ly", "So", "so", "!", "a1", "##", "café")
    place = folder(tmp_path, tokenizer, unk_token="[UNK]", cls_token="[CLS]")
    assert encoder_words(place) == ["happy", "so", "café"]


def test_byte_pairs_are_words_where_they_begin_one(tmp_path: Path) -> None:
    tokenizer = byte_pairs("ly", "Ġhappy", "ĠSo", "Ġso", "Ġ", "Ġ!", "Ġa1", "sad")
    assert encoder_words(folder(tmp_path, tokenizer, bos_token="<s>")) == ["happy", "so"]


def test_byte_pairs_beyond_ascii_are_spelt_out(tmp_path: Path) -> None:
    # The bytes of é, of ß and of half a letter, as byte pairs write them.
    tokenizer = byte_pairs("ĠcafÃ©", "ĠstraÃŁe", "ĠÐ")
    assert encoder_words(folder(tmp_path, tokenizer, bos_token="<s>")) == ["café", "straße"]


def test_unigrams_are_words_where_they_begin_one(tmp_path: Path) -> None:
    tokenizer = unigrams("ly", "▁happy", "▁Café", "▁", "▁!", "sad", "▁so")
    place = folder(tmp_path, tokenizer, unk_token="<unk>")
    assert encoder_words(place) == ["happy", "café", "so"]


def test_words_come_in_the_order_of_the_vocabulary_each_once(tmp_path: Path) -> None:
    pieces = ["zebra", "Happy", "apple", "happy", "HAPPY"]
    place = folder(tmp_path, word_pieces(*pieces), unk_token="[UNK]", cls_token="[CLS]")
    assert encoder_words(place) == ["zebra", "happy", "apple"]


def test_the_encoders_marks_are_no_words(tmp_path: Path) -> None:
    tokenizer = word_pieces("mask", "happy")
    place = folder(tmp_path, tokenizer, unk_token="[UNK]", cls_token="[CLS]", mask_token="mask")
    assert encoder_words(place) == ["happy"]


def test_words_of_an_encoder_that_is_not_there_are_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EmocliError, match=r"^the encoder 'no-such-encoder' is not at hand: "):
        encoder_words("no-such-encoder")
