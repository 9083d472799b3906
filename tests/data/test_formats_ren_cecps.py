"""Ren-CECps' documents: sentences with intensities, polarities, and their own segmentation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from emocli.data.catalogue import datasets
from emocli.data.examples import Example
from emocli.data.labelled import read_labelled
from emocli.data.ren_cecps import (
    EMOTIONS,
    read_emotions,
    read_polarities,
    read_segmented_emotions,
    read_segmented_polarities,
)
from emocli.data.semeval import SENTIMENTS
from emocli.errors import DataError


def sentence(
    text: str,
    words: str = "",
    polarity: str = "中性",
    emotions: Mapping[str, str] | None = None,
) -> str:
    felt = {name.capitalize(): "0.0" for name in EMOTIONS} | dict(emotions or {})
    intensities = "".join(f"<{name}>{value}</{name}>" for name, value in felt.items())
    return (
        f'<sentence S="{text}"><S_no>1</S_no><Segmented_S>{words}</Segmented_S>'
        f"<Polarity>{polarity}</Polarity>{intensities}</sentence>"
    )


def document(folder: Path, name: str, *paragraphs: str) -> Path:
    path = folder / name
    inside = "".join(f"<paragraph><P_no>1</P_no>{one}</paragraph>" for one in paragraphs)
    title = '<title T="标题"><Joy>0.9</Joy></title>'
    body = f"<document><Joy>0.5</Joy>{title}{inside}</document>"
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n{body}', encoding="utf-8")
    return path


def emotions_message(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_emotions(path, EMOTIONS)
    return str(caught.value)


def test_a_sentences_emotions_are_those_above_zero_with_their_intensities(tmp_path: Path) -> None:
    first = sentence("我很高兴。", emotions={"Joy": "0.8", "Expect": "0.3"})
    second = sentence("今天下雨。")
    path = document(tmp_path, "cet_1.xml", first + second, sentence("真好", emotions={"Love": "1"}))
    assert read_emotions(path, EMOTIONS).examples == (
        Example("cet_1-1.1", "我很高兴。", ("joy", "expect"), (0.8, 0.3)),
        Example("cet_1-1.2", "今天下雨。", (), ()),
        Example("cet_1-2.1", "真好", ("love",), (1.0,)),
    )


def test_a_file_name_with_a_blank_is_read(tmp_path: Path) -> None:
    path = document(tmp_path, "cet_1280 .xml", sentence("好"))
    assert read_emotions(path, EMOTIONS).examples[0].id == "cet_1280-1.1"


def test_lone_closing_marks_and_blanks_are_left_out_and_counted(tmp_path: Path) -> None:
    marks = [sentence(text) for text in ("”", " 」 ", "&quot;", "  ", "’”", "你好”")]
    found = read_emotions(document(tmp_path, "a.xml", "".join(marks)), EMOTIONS)
    assert [one.text for one in found.examples] == ["你好”"]
    assert found.left_out == {"sentences that are blank or a lone closing quotation mark": 5}
    assert found.rows == 6


def test_the_corpus_own_words_can_be_the_text(tmp_path: Path) -> None:
    words = "我/r 很/d 高兴/a 1/2/m 。/w"
    path = document(tmp_path, "a.xml", sentence("我很高兴1/2。", words, "积极", {"Joy": "0.1"}))
    assert read_segmented_emotions(path, EMOTIONS).examples == (
        Example("a-1.1", "我 很 高兴 1/2 。", ("joy",), (0.1,)),
    )
    assert read_segmented_polarities(path, SENTIMENTS).examples == (
        Example("a-1.1", "我 很 高兴 1/2 。", ("positive",)),
    )


def test_polarities_become_sentiments_and_sentences_without_one_are_counted(tmp_path: Path) -> None:
    parts = [sentence(text, polarity=text) for text in ("积极", "消极", "中性")]
    path = document(tmp_path, "a.xml", "".join(parts), sentence("没有", polarity=""))
    found = read_polarities(path, SENTIMENTS)
    assert [one.labels for one in found.examples] == [("positive",), ("negative",), ("neutral",)]
    assert found.left_out == {"sentences without a polarity": 1}


def test_an_unknown_polarity_is_named_with_its_sentence(tmp_path: Path) -> None:
    path = document(tmp_path, "a.xml", sentence("好", polarity="好"))
    with pytest.raises(DataError) as caught:
        read_polarities(path, SENTIMENTS)
    assert str(caught.value) == f"{path}: sentence 1.1: polarity '好' is none of 积极, 消极, 中性"


@pytest.mark.parametrize("cell", ["1.5", "-0.2", "viel", "nan"])
def test_an_intensity_outside_0_to_1_is_named_with_its_sentence(tmp_path: Path, cell: str) -> None:
    path = document(tmp_path, "a.xml", sentence("好") + sentence("坏", emotions={"Anger": cell}))
    assert emotions_message(path) == (
        f"{path}: sentence 1.2: Anger '{cell}' is not a number from 0 to 1"
    )


def test_xml_that_is_cut_short_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text("<document>\n<paragraph>\n", encoding="utf-8")
    assert emotions_message(path).startswith(f"{path}:3: is not well-formed XML: ")


def test_another_root_element_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text("<corpus/>", encoding="utf-8")
    assert emotions_message(path) == f"{path}:1: the root element is <corpus>, expected <document>"


def test_the_documents_are_divided_in_file_name_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "ren-cecps" / "Ren-CECps1.0"
    folder.mkdir(parents=True)
    for number in range(1487):
        document(folder, f"cet_{number:04}.xml", sentence(f"句{number}", polarity="积极"))
    monkeypatch.setenv("EMOCLI_DATA", str(tmp_path))

    def texts(spec: str) -> list[str]:
        return [example.text for example in read_labelled(spec).examples]

    assert texts("ren-cecps") == [f"句{number}" for number in range(560)]
    assert texts("ren-cecps:dev") == [f"句{number}" for number in range(560, 640)]
    assert texts("ren-cecps:test") == [f"句{number}" for number in range(640, 800)]
    assert texts("ren-cecps-sentiment") == [f"句{number}" for number in range(800, 1487)]


def test_the_corpus_is_not_to_be_downloaded() -> None:
    files = datasets()["ren-cecps"].editions[0].files
    assert [(file.address, file.count) for file in files] == [(None, 1487)]
