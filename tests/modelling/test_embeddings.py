import os
import struct
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel, BertTokenizerFast

from emocli.errors import EmocliError, UsageError
from emocli.modelling.embeddings import SCALE, load_word_vectors, reduce, spoken, words_of
from emocli.modelling.encoders import encode_phrases

VOCABULARY = ["<pad>", "<unknown>", "<empty>", "<user>", "happy", "sad", "sad-happy", "##sa", "##z"]


@pytest.fixture
def glove(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("happy 1 2\nsad -1 4\nuser 3 3\nred 1 1\nheart 3 5\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    """A tiny encoder with random weights, saved as published ones are."""
    folder = tmp_path_factory.mktemp("encoders") / "tiny"
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = [*marks, "happy", "sad", "user", "red", "heart", "link", "mail", "number", "##ly"]
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
    )
    BertModel(config).save_pretrained(folder)
    return folder


def rows(answer, vocabulary=VOCABULARY):
    return {word: vector.tolist() for word, vector in zip(vocabulary, answer.vectors, strict=True)}


def test_a_file_gives_each_known_word_its_vector(glove):
    answer = load_word_vectors(str(glove), VOCABULARY, 2, seed=0)
    found = rows(answer)
    assert found["happy"] == [1, 2]
    assert found["sad"] == [-1, 4]
    assert answer.vectors.dtype == torch.float32


def test_a_placeholder_has_the_vector_of_what_it_stands_for(glove):
    assert rows(load_word_vectors(str(glove), VOCABULARY, 2, seed=0))["<user>"] == [3, 3]


def test_control_tokens_are_nothing(glove):
    found = rows(load_word_vectors(str(glove), VOCABULARY, 2, seed=0))
    assert found["<pad>"] == found["<unknown>"] == found["<empty>"] == [0, 0]


def test_an_unknown_word_is_the_mean_of_its_parts(glove):
    answer = load_word_vectors(str(glove), VOCABULARY, 2, seed=0)
    assert rows(answer)["sad-happy"] == [0, 3]
    assert answer.missing == 1
    assert answer.coverage == 0.75


def test_a_piece_is_the_mean_of_the_words_that_hold_it(glove):
    vocabulary = ["happy", "sad", "##a", "##sa", "##z"]
    found = rows(load_word_vectors(str(glove), vocabulary, 2, seed=0), vocabulary)
    assert found["##a"] == [0, 3]
    assert found["##sa"] == [-1, 4]
    assert found["##z"] == [0, 0]


def test_an_emoji_without_a_row_is_the_mean_of_its_name(glove):
    found = load_word_vectors(str(glove), ["❤", "happy"], 2, seed=0)
    assert found.vectors[0].tolist() == [2, 3]
    assert found.missing == 0


def test_emoji_vectors_are_scaled_to_the_words(glove, tmp_path):
    path = tmp_path / "emoji.bin"
    path.write_bytes(b"1 2\n" + "❤️".encode() + b" " + struct.pack("<2f", 30, 40))
    answer = load_word_vectors(str(glove), ["happy", "❤"], 2, seed=0, emoji_vectors=path)
    # happy (1, 2) and the heart's name (2, 3): root mean square of a component sqrt(18 / 4).
    assert answer.vectors[1].tolist() == pytest.approx(
        [30 / 1250**0.5 * 4.5**0.5, 40 / 1250**0.5 * 4.5**0.5]
    )


def test_random_vectors_depend_on_the_seed_alone():
    one, again, other = (
        load_word_vectors("random", VOCABULARY, 4, seed=seed).vectors for seed in (1, 1, 2)
    )
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert one[0].tolist() == [0, 0, 0, 0]


def test_a_file_of_another_width_is_an_error_that_says_both(glove):
    with pytest.raises(UsageError) as error:
        load_word_vectors(str(glove), VOCABULARY, 300, seed=0)
    assert str(error.value) == (
        f"{glove} has vectors of width 2, but the embedding width is 300: "
        "set the embedding width to 2, or give another source of vectors"
    )


def test_reducing_keeps_distances_where_nothing_is_cut_away():
    torch.manual_seed(0)
    vectors = torch.randn(20, 3) @ torch.randn(3, 6)
    assert torch.allclose(
        torch.cdist(vectors, vectors), torch.cdist(*[reduce(vectors, 3)] * 2), atol=1e-4
    )


def test_reducing_centres_and_orders_by_variance():
    vectors = torch.tensor([[0.0, 0.0, 7.0], [4.0, 0.0, 7.0], [0.0, 2.0, 7.0], [4.0, 2.0, 7.0]])
    assert torch.allclose(
        reduce(vectors, 2), torch.tensor([[-2.0, -1.0], [2.0, -1.0], [-2.0, 1.0], [2.0, 1.0]])
    )


def test_reducing_to_more_is_refused():
    with pytest.raises(ValueError, match="vectors of width 3 cannot be reduced to 4"):
        reduce(torch.zeros(5, 3), 4)


@pytest.mark.parametrize(
    ("word", "said"),
    [("😂", "face with tears of joy"), (":(", "sad face"), ("<url>", "link"), ("happy", "happy")],
)
def test_a_symbol_is_read_to_the_encoder_by_its_name(word, said):
    assert spoken(word) == said


def test_an_encoder_gives_centred_vectors_of_the_wanted_scale(encoder):
    words = ["happy", "sad", "<user>", "<url>", "❤"]
    answer = load_word_vectors(f"encoder:{encoder}", words, 3, seed=0)
    assert answer.coverage == 1
    assert answer.vectors.shape == (5, 3)
    assert answer.vectors.mean(0).tolist() == pytest.approx([0, 0, 0], abs=1e-6)
    assert answer.vectors.square().mean().sqrt().item() == pytest.approx(SCALE)
    again = load_word_vectors(f"encoder:{encoder}", words, 3, seed=9)
    assert torch.equal(answer.vectors, again.vectors)


def test_a_phrase_is_the_mean_of_its_pieces_without_the_marks(encoder):
    model = BertModel.from_pretrained(encoder).eval()
    ids = torch.tensor([[2, 6, 13, 3]])  # [CLS] sad ##ly [SEP]
    with torch.no_grad():
        states = model(ids).last_hidden_state[0]
    assert torch.allclose(
        encode_phrases(str(encoder), ["sadly"])[0], states[1:3].mean(0), atol=1e-6
    )


def test_padding_and_order_change_no_phrase(encoder):
    phrases = ["happy", "red heart", "sadly", "user"]
    together = encode_phrases(str(encoder), phrases)
    alone = torch.cat([encode_phrases(str(encoder), [phrase]) for phrase in phrases])
    assert torch.allclose(together, alone, atol=1e-6)


def test_an_encoder_is_found_by_name(encoder, monkeypatch):
    monkeypatch.setenv("EMOCLI_ENCODERS", str(encoder.parent))
    assert encode_phrases("tiny", ["happy"]).shape == (1, 8)


def test_an_encoder_narrower_than_wanted_is_an_error(encoder):
    with pytest.raises(UsageError) as error:
        load_word_vectors(f"encoder:{encoder}", VOCABULARY, 9, seed=0)
    assert str(error.value) == (
        f"the encoder '{encoder}' has vectors of width 8, but the embedding width is 9: "
        "set the embedding width to at most 8, or give another source of vectors"
    )


def test_an_absent_encoder_is_an_error_that_says_what_to_do(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.delenv("EMOCLI_ENCODERS", raising=False)
    with pytest.raises(EmocliError) as error:
        encode_phrases("no-such-owner/no-such-encoder", ["happy"])
    assert str(error.value) == (
        "the encoder 'no-such-owner/no-such-encoder' is not at hand: there is no folder of that "
        "name, none under EMOCLI_ENCODERS, and the Hugging Face hub did not give it "
        "(HF_HUB_OFFLINE is set). Give the path of a folder that holds it, set EMOCLI_ENCODERS to "
        "the folder above, or go online and unset HF_HUB_OFFLINE to have it downloaded."
    )


def test_a_folder_that_holds_no_encoder_is_an_error(tmp_path):
    with pytest.raises(EmocliError) as error:
        encode_phrases(str(tmp_path), ["happy"])
    assert str(error.value).startswith(
        f"{tmp_path}: is not a pretrained encoder that can be read; expected config.json, "
        "model.safetensors and a tokenizer's files. transformers says: "
    )


def test_random_vectors_bring_no_words():
    assert words_of("random", 10) == []


def test_a_file_brings_its_first_words_as_texts_are_read(glove):
    assert words_of(str(glove), 10) == ["happy", "sad", "user", "red", "heart"]
    assert words_of(str(glove), 2) == ["happy", "sad"]
    glove.write_text("The 1 2\nHappy 1 2\nthe 1 2\nsad 3 4\n", encoding="utf-8")
    assert words_of(str(glove), 4) == ["the", "happy", "sad"]


def test_an_encoder_brings_its_whole_words(encoder):
    words = ["happy", "sad", "user", "red", "heart", "link", "mail", "number"]
    assert words_of(f"encoder:{encoder}", 10) == words
    assert words_of(f"encoder:{encoder}", 3) == words[:3]


@pytest.mark.parametrize("source", ["absent.txt", "encoder:no-such-owner/no-such-encoder"])
def test_a_source_of_words_that_is_not_there_is_an_error(source, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.delenv("EMOCLI_ENCODERS", raising=False)
    told = {
        "absent.txt": "absent.txt: no such file; look in the folder .; give 'random', a file of "
        "word vectors, or encoder:NAME."
    }
    expected = told.get(source, "the encoder 'no-such-owner/no-such-encoder' is not at hand: ")
    with pytest.raises(EmocliError) as error:
        words_of(source, 10)
    assert str(error.value).startswith(expected)


def real(variable, *parts):
    folder = os.environ.get(variable)
    if not folder:
        pytest.skip(f"{variable} does not name a folder of published files")
    return Path(folder).joinpath(*parts)


def nearest(answer, words, word):
    unit = torch.nn.functional.normalize(answer.vectors, dim=1)
    order = (unit @ unit[words.index(word)]).argsort(descending=True)
    return words[int(order[1])]


@pytest.mark.real_data
def test_published_glove_vectors_put_like_words_together():
    path = real("EMOCLI_DATA", "glove-twitter-25d-subset", "glove-twitter-25d-subset.txt")
    words = ["happy", "monday", "friday", "table", "glad"]
    answer = load_word_vectors(str(path), words, 25, seed=0)
    assert answer.missing == 0
    assert nearest(answer, words, "monday") == "friday"


@pytest.mark.real_data
def test_published_emoji_vectors_put_like_emoji_together():
    path = real("EMOCLI_DATA", "emoji2vec", "emoji2vec.bin")
    words = ["😂", "🚗", "🚕", "❤", "😹"]
    answer = load_word_vectors("random", words, 300, seed=0, emoji_vectors=path)
    assert nearest(answer, words, "🚗") == "🚕"
    assert nearest(answer, words, "😂") == "😹"


@pytest.mark.real_data
def test_a_published_encoder_puts_like_words_together():
    folder = real("EMOCLI_ENCODERS", "all-MiniLM-L6-v2")
    words = ["happy", "terrified", "glad", "scared", "😂", "table", "laughing", "chair"]
    answer = load_word_vectors(f"encoder:{folder}", words, 6, seed=0)
    assert nearest(answer, words, "terrified") == "scared"
    assert nearest(answer, words, "happy") == "glad"
    assert nearest(answer, words, "chair") == "table"
