"""What models upon word vectors share: vocabulary, lookup table, length, output."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from emocli.common_options import WordConfig
from emocli.modelling.batches import Batch, Item
from emocli.modelling.labels import Labels
from emocli.modelling.tokenizer import WordTokenizer
from emocli.modelling.word_model import WordModel
from emocli.reporting import Reporter

TEXTS = ["so happy today", "so sad today", "happy and sad", "Ann is happy"]
NAMES = ("anger", "joy", "sadness")
PAD, FIRST = 0, 7


class MeanWord(WordModel):
    """The first components of the mean word vector are the logits."""

    def represent(self, batch: Batch) -> Tensor:
        words: Tensor = self.embedding(batch.ids)
        return words.sum(1) / batch.lengths[:, None]

    def classify(self, representation: Tensor) -> Tensor:
        return representation[:, : len(self.labels)]


class Listener(Reporter):
    """Remembers what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)


def model(exclusive: bool = False, names: tuple[str, ...] = NAMES, **options: object) -> MeanWord:
    config = WordConfig.from_options({"embedding_width": 3, "min_count": 1, **options})
    tokenizer = MeanWord.make_tokenizer(config, TEXTS)
    return MeanWord(config, Labels(names, exclusive), tokenizer)


def words(tokenizer: WordTokenizer) -> list[str]:
    return [word for word in tokenizer.vocabulary[FIRST:] if not word.startswith("##")]


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    path = tmp_path / "vectors.txt"
    path.write_text("happy 1 2 3\nGlad 4 5 6\nsad 7 8 9\nmerry 1 1 1\n", encoding="utf-8")
    return path


def test_the_table_has_a_row_for_each_token_and_nothing_at_padding() -> None:
    found = model()
    assert found.embedding.weight.shape == (len(found.tokenizer), 3)
    assert found.embedding.weight[PAD].tolist() == [0.0, 0.0, 0.0]
    assert found.embedding(torch.tensor([PAD])).abs().sum() == 0


@pytest.mark.parametrize("tuned", [True, False])
def test_word_vectors_learn_unless_they_are_left_alone(tuned: bool) -> None:
    assert model(tune_embeddings=tuned).embedding.weight.requires_grad is tuned


def test_the_vocabulary_is_that_of_the_texts() -> None:
    assert words(model().tokenizer) == ["happy", "sad", "so", "today", "and", "ann", "is"]
    assert words(model(min_count=2).tokenizer) == ["happy", "sad", "so", "today"]
    assert words(model(max_words=2).tokenizer) == ["happy", "sad"]


def test_names_may_be_left_out_of_the_vocabulary() -> None:
    texts = ["hello Ann", "dear Ann", "hello you"]
    config = WordConfig(min_count=1)
    assert "ann" in MeanWord.make_tokenizer(config, texts).vocabulary
    without = WordConfig(min_count=1, store_names=False)
    assert "ann" not in MeanWord.make_tokenizer(without, texts).vocabulary


def test_words_of_the_source_follow_those_of_the_texts(vectors: Path) -> None:
    found = words(model(embeddings=str(vectors), min_count=2).tokenizer)
    assert found == ["happy", "sad", "so", "today", "glad", "merry"]
    cut = words(model(embeddings=str(vectors), min_count=2, max_words=5).tokenizer)
    assert cut == ["happy", "sad", "so", "today", "glad"]


def test_words_of_the_source_may_be_left_out(vectors: Path) -> None:
    found = model(embeddings=str(vectors), min_count=2, source_words=False)
    assert words(found.tokenizer) == ["happy", "sad", "so", "today"]


def test_a_text_is_cut_to_the_length_of_the_options() -> None:
    assert model().tokenizer.max_length == 256
    found = model(max_length=2).tokenizer
    assert found.max_length == 2
    assert found.tokens(found.encode("so happy today")) == ["so", "happy"]


def test_preparing_fills_the_table_and_tells_how_much_the_source_knows(vectors: Path) -> None:
    found, heard = model(embeddings=str(vectors), min_count=2), Listener()
    found.prepare(heard)
    rows = dict(zip(found.tokenizer.vocabulary, found.embedding.weight.tolist(), strict=True))
    assert rows["happy"] == [1, 2, 3]
    assert rows["glad"] == [4, 5, 6]
    assert rows["<pad>"] == [0, 0, 0]
    # Known: happy, sad, glad and merry, of these, so, today and four placeholders.
    assert heard.said == ["word vectors: 40.0% of the words are known to the source"]


def test_vectors_of_emoji_may_lie_under_a_tilde_as_those_of_words_may(tilde: Path) -> None:
    """There used to be no folder ~."""
    (tilde / "words.txt").write_text("happy 1 2 3\n", encoding="utf-8")
    (tilde / "emoji.txt").write_text("😂 2 2 2\n", encoding="utf-8")
    found = model(embeddings="~/words.txt", emoji_vectors="~/emoji.txt", source_words=True)
    found.prepare(Listener())
    assert found.embedding.weight[found.tokenizer.encode("happy")].tolist() == [[1, 2, 3]]


def test_of_random_vectors_no_source_is_told() -> None:
    """It used to be said that 100% of the words are known to the source, which there is none."""
    heard = Listener()
    model().prepare(heard)
    assert heard.said == []


def test_random_vectors_depend_on_torchs_seed() -> None:
    found = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        prepared = model()
        prepared.prepare()
        found.append(prepared.embedding.weight.detach().clone())
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


LOGITS = torch.tensor([[0.0, math.log(3), math.log(9)]])
SHARED = [1 / 13, 3 / 13, 9 / 13]


def test_labels_that_may_go_together_are_probable_each_for_itself_or_share_one() -> None:
    alone = model().probabilities(LOGITS)[0].tolist()
    assert alone == pytest.approx([1 / 2, 3 / 4, 9 / 10])
    assert model(output="softmax").probabilities(LOGITS)[0].tolist() == pytest.approx(SHARED)


@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
def test_a_single_label_is_probable_for_itself_whatever_is_asked_for(output: str) -> None:
    """With a softmax its probability was 1 in every text, and nothing was learnt."""
    found = model(names=("joy",), output=output)
    logits = LOGITS[:, 1:2]
    assert found.probabilities(logits).item() == pytest.approx(3 / 4)
    batch = found.batch([Item([FIRST], [0.0])])
    assert found.divergence(logits, batch).item() == pytest.approx(math.log(4))


@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
def test_exclusive_labels_share_one_probability_whatever_is_asked_for(output: str) -> None:
    found = model(exclusive=True, output=output)
    assert found.probabilities(LOGITS)[0].tolist() == pytest.approx(SHARED)
    batch = found.batch([Item([FIRST], [0.0, 1.0, 0.0])])
    assert found.divergence(LOGITS, batch).item() == pytest.approx(-math.log(3 / 13))


def test_the_loss_is_the_cross_entropy_of_every_label_or_the_divergence() -> None:
    alone, shared = model(), model(output="softmax")
    batch = alone.batch([Item([FIRST], [0.0, 1.0, 1.0])])
    expected = -(math.log(1 / 2) + math.log(3 / 4) + math.log(9 / 10)) / 3
    assert alone.divergence(LOGITS, batch).item() == pytest.approx(expected)
    expected = math.log(0.5) - 0.5 * (math.log(3 / 13) + math.log(9 / 13))
    assert shared.divergence(LOGITS, batch).item() == pytest.approx(expected)


def test_the_loss_of_items_is_that_of_their_logits() -> None:
    found = model()
    items = [Item([FIRST, FIRST + 1], [0.0, 1.0, 0.0]), Item([FIRST + 2], [0.0, 0.0, 0.0])]
    logits, gold = found(found.batch(items)), torch.tensor([item.target for item in items])
    torch.testing.assert_close(found.loss(items), F.binary_cross_entropy_with_logits(logits, gold))
