"""Class names before texts: laid out as transformers' own tokenizers lay a pair out."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer as Pieces
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import AutoTokenizer

from emocli.errors import EmocliError
from emocli.modelling.batches import Batch, Item, collate
from emocli.modelling.label_segment import LabelSegment, words_of
from emocli.modelling.labels import Labels
from emocli.modelling.pretrained_tokenizer import PretrainedTokenizer

KINDS = ("bert", "distilbert", "roberta", "xlnet")
LABELS = Labels(("joy", "love/optimism", "severe_toxic"))
TEXTS = ("so happy today , i cry", "", "miss love")


def of(encoder: Path) -> PretrainedTokenizer:
    return PretrainedTokenizer.of_encoder(str(encoder), tweets=False, max_length=32)


def encoded(tokenizer: PretrainedTokenizer) -> Batch:
    return collate([Item(tokenizer.encode(text)) for text in TEXTS], tokenizer.pad)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("joy", "joy"),
        ("severe_toxic", "severe toxic"),
        ("love/optimism", "love optimism"),
        ("self-conscious  pride", "self conscious pride"),
        ("_fear_", "fear"),
        ("生气", "生气"),
        ("?!", "?!"),
    ],
)
def test_a_name_becomes_words(name: str, words: str) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize("kind", KINDS)
def test_names_and_text_are_a_pair_of_the_encoders_own_tokenizer(
    tiny_encoders: dict[str, Path], kind: str
) -> None:
    tokenizer = of(tiny_encoders[kind])
    pairs = LabelSegment(LABELS, tokenizer, typed=True).before(encoded(tokenizer))
    own = AutoTokenizer.from_pretrained(tiny_encoders[kind])
    for row, text in enumerate(TEXTS):
        if not text:
            continue  # transformers takes an empty second text for none
        expected = own("joy love optimism severe toxic", text, return_token_type_ids=True)
        length = len(expected["input_ids"])
        assert pairs.ids[row, :length].tolist() == expected["input_ids"]
        assert pairs.mask[row].tolist() == [place < length for place in range(len(pairs.mask[row]))]
        assert int(pairs.lengths[row]) == length
        if pairs.types is not None:
            assert pairs.types[row, :length].tolist() == expected["token_type_ids"]
    assert (pairs.types is None) == (kind == "roberta")


def test_of_an_empty_text_the_marks_are_left(tiny_encoder: Path) -> None:
    tokenizer = of(tiny_encoder)
    segment = LabelSegment(Labels(("joy", "love")), tokenizer, typed=True)
    pairs = segment.before(collate([Item(tokenizer.encode(""))], tokenizer.pad))
    assert tokenizer.tokens(pairs.ids[0].tolist()) == ["[CLS]", "joy", "love", "[SEP]", "[SEP]"]
    assert pairs.types is not None
    assert pairs.types.tolist() == [[0, 0, 0, 0, 1]]


def test_an_encoder_without_types_is_given_none(tiny_encoder: Path) -> None:
    tokenizer = of(tiny_encoder)
    assert LabelSegment(LABELS, tokenizer, typed=False).before(encoded(tokenizer)).types is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_labels_vector_is_the_mean_of_its_own_pieces(
    tiny_encoders: dict[str, Path], kind: str
) -> None:
    tokenizer = of(tiny_encoders[kind])
    segment = LabelSegment(LABELS, tokenizer, typed=True)
    places = [row.nonzero()[:, 0].tolist() for row in segment.shares]
    texts = ["".join(tokenizer.tokens(segment.ids[place].tolist())) for place in places]
    plain = [text.replace("##", "").replace("▁", "").replace("Ġ", "") for text in texts]
    assert plain == ["joy", "loveoptimism", "severetoxic"]
    states = torch.randn(2, len(segment.ids) + 5, 4)
    for label, place in enumerate(places):
        expected = torch.stack([states[:, one] for one in place]).mean(0)
        torch.testing.assert_close(segment.pool(states)[:, label], expected)


def test_the_names_stay_out_of_what_a_model_folder_keeps(tiny_encoder: Path) -> None:
    assert LabelSegment(LABELS, of(tiny_encoder), typed=True).state_dict() == {}


def test_a_name_without_a_piece_is_an_error(tiny_encoder: Path) -> None:
    with pytest.raises(EmocliError) as caught:
        LabelSegment(Labels(("joy", "\u200b")), of(tiny_encoder), typed=True)
    assert str(caught.value) == "the encoder's tokenizer makes no piece of the label '\u200b'."


def test_a_tokenizer_without_marks_between_two_texts_is_an_error() -> None:
    pieces = Pieces(WordLevel({"<pad>": 0, "joy": 1, "a": 2, "?": 3}, unk_token="?"))
    pieces.pre_tokenizer = Whitespace()
    tokenizer = PretrainedTokenizer(pieces, 0, {}, tweets=False, max_length=32)
    with pytest.raises(EmocliError) as caught:
        LabelSegment(Labels(("joy",)), tokenizer, typed=False)
    assert str(caught.value) == (
        "the encoder's tokenizer has no layout for a pair of texts, which the class names before a "
        "text need; choose another encoder."
    )
