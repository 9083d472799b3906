from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch

from emocli.data.examples import Example, LabelledData
from emocli.errors import UsageError
from emocli.modelling.batches import Batch, Item
from emocli.modelling.labels import Labels
from emocli.modelling.model import Model
from emocli.modelling.reader import LongTextError, Reader
from emocli.modelling.tokenizer import WordTokenizer
from emocli.modelling.trained import Trained
from emocli.training import distillation
from emocli.training.distillation import Lesson

LABELS = Labels(("joy", "anger"))
TOKENIZER = WordTokenizer([("happy", -1.0), ("angry", -1.0)])
DATA = LabelledData(
    "tweets.csv",
    (Example("1", "happy", ("joy",)), Example("2", "angry happy", ())),
    ("joy", "anger"),
    False,
    "0",
)
GOLD = [Item([7], [1.0, 0.0]), Item([8, 7], [0.0, 0.0])]
LABELLED: list[int] = []


class Parrot:
    """In the place of `Predictor`: says what its teacher's card tells it to, longer texts less."""

    def __init__(self, teacher: Trained, *, precision: torch.dtype) -> None:
        self.said = teacher.about["says"]
        self.reader = Reader(TOKENIZER, max_length=teacher.about.get("reads"))

    def probabilities(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        LABELLED.append(len(texts))
        self.reader.read(texts)
        rows = [np.array(self.said) / len(text.split()) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), 2)


@pytest.fixture(autouse=True)
def parrots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distillation, "Predictor", Parrot)


class Nobody(Model):
    """A model of a number a label, which a parrot answers for."""

    @classmethod
    def make_tokenizer(cls, config: Any, texts: Iterable[str]) -> WordTokenizer:
        raise NotImplementedError

    def represent(self, batch: Batch) -> torch.Tensor:
        raise NotImplementedError

    def classify(self, representation: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError


def teacher(*says: float, labels: Labels = LABELS, seed: int = 1) -> Trained:
    model = Nobody(None, labels, TOKENIZER)
    model.says = torch.nn.Parameter(torch.tensor(says))
    about = {"says": says, "seed": seed, "dev": {"jaccard": 0.5}}
    return Trained("bilstm", model, np.array([0.5, 0.5]), about)


def targets(lesson: Lesson) -> list[Any]:
    items = lesson.items(DATA, GOLD, LABELS, Reader(TOKENIZER))
    return [pytest.approx(item.target, abs=1e-6) for item in items]


def test_gold_labels_and_the_teachers_are_weighed() -> None:
    assert targets(Lesson([teacher(0.8, 0.4)], gold_weight=0.25)) == [
        [0.25 * 1 + 0.75 * 0.8, 0.75 * 0.4],
        [0.75 * 0.4, 0.75 * 0.2],
    ]


def test_several_teachers_are_averaged() -> None:
    lesson = Lesson([teacher(0.8, 0.4), teacher(0.4, 0.0)], gold_weight=0.0)
    assert targets(lesson) == [[0.6, 0.2], [0.3, 0.1]]


def test_gold_labels_alone_stay_what_they_are() -> None:
    assert targets(Lesson([teacher(0.8, 0.4)], gold_weight=1.0)) == [[1.0, 0.0], [0.0, 0.0]]


def test_teachers_alone_label_more_texts() -> None:
    lesson = Lesson([teacher(0.8, 0.4)], unlabelled=("happy happy", "angry"))
    items = lesson.items(DATA, GOLD, LABELS, Reader(TOKENIZER))
    assert [list(item.ids) for item in items] == [[7], [8, 7], [7, 7], [8]]
    assert items[2].target == pytest.approx([0.4, 0.2])
    assert items[3].target == pytest.approx([0.8, 0.4])
    assert {item.role for item in items} == {"target"}


@pytest.mark.parametrize(
    ("labels", "names"),
    [(Labels(("anger", "joy")), "anger, joy"), (Labels(("joy", "fear")), "joy, fear")],
)
def test_a_teacher_of_other_labels_is_refused(labels: Labels, names: str) -> None:
    with pytest.raises(UsageError) as caught:
        targets(Lesson([teacher(0.8, 0.4, labels=labels)]))
    assert str(caught.value) == (
        f"the teacher 'bilstm' has the labels {names}; expected joy, anger."
    )


def test_a_teacher_whose_labels_exclude_one_another_is_refused() -> None:
    exclusive = replace(LABELS, exclusive=True)
    with pytest.raises(UsageError) as caught:
        targets(Lesson([teacher(0.8, 0.2, labels=exclusive)]))
    assert str(caught.value) == (
        "the teacher 'bilstm' gives a text exactly one label; "
        "the training data give it any number of labels."
    )


def test_the_card_tells_of_the_teachers() -> None:
    lesson = Lesson([teacher(0.8, 0.4, seed=7)], unlabelled=("hm",), gold_weight=0.25)
    told = {"method": "bilstm", "seed": 7, "dev": {"jaccard": 0.5}}
    assert lesson.about() == {
        "teachers": [{**told, "commands": None, "data": None, "bases": None, "stopped": None}],
        "unlabelled": 1,
        "gold_weight": 0.25,
    }


def test_a_teacher_labels_the_same_texts_once(memory: Callable[..., Any]) -> None:
    heard = memory()
    lessons = [Lesson([teacher(0.8, says)], reporter=heard) for says in (0.4, 0.4, 0.3)]
    LABELLED.clear()
    items = [lesson.items(DATA, GOLD, LABELS, Reader(TOKENIZER)) for lesson in lessons]
    assert items[0] == items[1] != items[2]
    assert LABELLED == [2, 0, 2, 0]  # no unlabelled texts are labelled too
    assert heard.said[2] == "a teacher (bilstm) has labelled 2 texts before"


def test_texts_that_are_too_long_are_told(memory: Callable[..., Any]) -> None:
    heard = memory()
    short = teacher(0.8, 0.4)
    short.about["reads"] = 1
    lesson = Lesson([short], unlabelled=("angry angry", "happy happy happy"), reporter=heard)
    reader = Reader(TOKENIZER, max_length=2)
    items = lesson.items(DATA, GOLD, LABELS, reader)
    assert [len(item.ids) for item in items] == [1, 2, 2, 2]
    assert reader.n_long == 1
    assert heard.warned == [
        "a teacher (bilstm): 1 text had more than 1 tokens: the rest was not read "
        "(--long truncate).",
        "a teacher (bilstm): 2 texts had more than 1 tokens: the rest was not read "
        "(--long truncate).",
    ]


def test_an_unlabelled_text_that_is_too_long_is_an_error_where_it_is_to_be() -> None:
    lesson = Lesson([teacher(0.8, 0.4)], unlabelled=("happy", "angry angry happy"))
    with pytest.raises(LongTextError) as caught:
        lesson.items(DATA, GOLD, LABELS, Reader(TOKENIZER, "error", 2))
    assert str(caught.value) == (
        "unlabelled text 2 has more than 2 tokens, which is all that the model reads; shorten it, "
        "or choose another --long."
    )
