"""From labelled files to a model folder."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Emocli = Callable[..., Any]
Described = Callable[[str], dict[str, Any]]


def test_a_trained_model_predicts_and_scores_as_its_card_says(
    emocli: Emocli, labelled: Path, home: Path, bilstm: tuple[str, ...], described: Described
) -> None:
    trained = emocli(*bilstm, "-o", "epochs=12", "--name", "mine")
    assert trained.status == 0
    result = json.loads(trained.out)
    dev = described("mine")["about"]["dev"]
    assert result["jaccard"] == dev["jaccard"]
    assert (result["model"], result["epochs"]) == ("mine", 12)
    assert result["folder"] == str(home / "models" / "mine")
    assert trained.err.endswith("Use it: emocli predict FILE --model mine\n")
    assert not (home / "runs" / "mine").exists()

    (labelled / "texts.txt").write_text("so happy today\n\n", encoding="utf-8")
    predicted = emocli("predict", "texts.txt", "--model", "mine", "--format", "jsonl")
    lines = [json.loads(line) for line in predicted.out.splitlines()]
    assert len(lines) == 2
    assert max(lines[0]["scores"], key=lines[0]["scores"].get) == "joy"

    evaluated = emocli("evaluate", "mine", "dev.csv", "--format", "json")
    scores = json.loads(evaluated.out)
    assert scores["jaccard"] == pytest.approx(dev["jaccard"], abs=1e-12)
    assert scores["micro_f1"] == pytest.approx(dev["micro_f1"], abs=1e-12)


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(
    emocli: Emocli, labelled: Path, home: Path, bilstm: tuple[str, ...]
) -> None:
    for name, seed in (("one", "5"), ("two", "5"), ("three", "6")):
        assert emocli(*bilstm, "-o", "epochs=1", "--seed", seed, "--name", name).status == 0
    one, two, three = (
        (home / "models" / name / "model.safetensors").read_bytes()
        for name in ("one", "two", "three")
    )
    assert one == two != three


def test_half_precision_halves_the_weights(
    emocli: Emocli, labelled: Path, home: Path, bilstm: tuple[str, ...], described: Described
) -> None:
    for name, more in (("whole", ()), ("halved", ("--half",))):
        assert emocli(*bilstm, "-o", "epochs=1", "--name", name, *more).status == 0
    sizes = [
        (home / "models" / name / "model.safetensors").stat().st_size
        for name in ("whole", "halved")
    ]
    assert sizes[1] < 0.7 * sizes[0]
    assert described("halved")["weights"]["precision"] == "float16"


def test_a_method_with_a_source_task_learns_from_several_data_sets(
    emocli: Emocli, labelled: Path, small: tuple[str, ...], described: Described
) -> None:
    answer = emocli(
        *("train", "--method", "ft", "--train", "train.csv", "--dev", "dev.csv", *small),
        *("--source", "mood.csv", "--source", "mood.csv", "-o", "epochs=1"),
    )
    assert answer.status == 0
    data = described("ft-train")["about"]["data"]
    assert data["source"]["name"] == "mood.csv + mood.csv"
    assert data["source"]["texts"] == 30


def test_a_training_learns_from_teachers_too(
    emocli: Emocli, labelled: Path, bilstm: tuple[str, ...], described: Described
) -> None:
    assert emocli(*bilstm, "-o", "epochs=1", "--name", "teacher").status == 0
    (labelled / "more.txt").write_text("so happy\n\nso sad\n", encoding="utf-8")
    answer = emocli(
        *(*bilstm, "-o", "epochs=1", "--name", "pupil", "--teacher", "teacher"),
        *("--unlabelled", "more.txt", "--gold-weight", "0.25"),
    )
    assert answer.status == 0
    lesson = described("pupil")["about"]["data"]["lesson"]
    assert [teacher["method"] for teacher in lesson["teachers"]] == ["bilstm"]
    assert (lesson["unlabelled"], lesson["gold_weight"]) == (2, 0.25)


def test_a_data_set_brings_its_dev_split_its_name_and_its_terms(
    emocli: Emocli,
    labelled: Path,
    monkeypatch: pytest.MonkeyPatch,
    small: tuple[str, ...],
    described: Described,
) -> None:
    from emocli.datasets import find

    dataset = find("semeval2018-ec")
    folder = labelled / "corpora" / dataset.name
    folder.mkdir(parents=True)
    for part in ("train", "dev"):
        header = "\t".join(("ID", "Tweet", *dataset.labels))
        cells = "\t".join("1" if label == "joy" else "0" for label in dataset.labels)
        rows = "".join(f"{part}-{n}\tso happy {n}\t{cells}\n" for n in range(9))
        (folder / f"2018-E-c-En-{part}.txt").write_text(f"{header}\n{rows}", encoding="utf-8")
    monkeypatch.setenv("EMOCLI_DATA", str(folder.parent))
    answer = emocli("train", "-m", "bilstm", "--train", dataset.name, "-o", "epochs=1", *small)
    assert answer.status == 0
    about = described("bilstm-semeval2018-ec")["about"]
    assert about["data"]["dev"]["name"] == "semeval2018-ec:dev"
    assert about["terms"] == {dataset.name: f"{dataset.licence}. {dataset.terms}"}


def test_a_result_on_a_terminal_is_a_table(
    emocli: Emocli, labelled: Path, terminal: None, bilstm: tuple[str, ...]
) -> None:
    answer = emocli(*bilstm, "-o", "epochs=1", "--name", "mine")
    rows = dict(re.split("   +", line.strip(), maxsplit=1) for line in answer.out.splitlines()[:10])
    shown = ("model", "method", "dev Jaccard", "dev micro F1", "dev macro F1", "epochs trained")
    assert tuple(rows) == (*shown, "best epoch", "seconds", "parameters", "saved in")
    assert rows["model"] == "mine"
    piped = emocli(*bilstm, "-o", "epochs=1", "--name", "mine", "--replace", "--json", "-q")
    assert json.loads(piped.out)["model"] == "mine"
    assert piped.err == ""


def test_help_shows_an_option_for_each_role_of_the_methods(emocli: Emocli) -> None:
    answer = emocli("train", "--help")
    assert answer.status == 0
    assert "--source DATA" in answer.out
    assert "  Examples:\n    emocli train --method bilstm --train train.csv" in answer.out


def test_long_texts_are_cut_or_an_error(
    emocli: Emocli, labelled: Path, bilstm: tuple[str, ...]
) -> None:
    command = (*bilstm, "-o", "epochs=1", "-o", "max_length=4", "--name", "mine")
    refused = emocli(*command, "--long", "error")
    assert refused.status == 1
    assert refused.err.endswith(
        "Error: train.csv:10: text '9' has more than 4 tokens, which is all that the model reads; "
        "shorten it, or choose another --long.\n"
    )
    cut = emocli(*command)
    assert cut.status == 0
    assert (
        "Warning: 2 texts had more than 4 tokens: the rest was not read (--long truncate).\n"
        in cut.err
    )
