"""From labelled files to a model folder, interrupted or not."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emocli.training import run as training

SMALL = (
    *("-o", "embedding_width=8", "-o", "hidden_width=4", "-o", "attention_width=4"),
    *("-o", "head_width=4", "-o", "min_count=1", "-o", "batch_size=8", "-o", "patience=0"),
    *("-o", "learning_rate=0.02", "--device", "cpu"),
)
BILSTM = ("train", "--method", "bilstm", "--train", "train.csv", "--dev", "dev.csv", *SMALL)

Emocli = Callable[..., Any]


def model_json(home: Path, name: str) -> dict[str, Any]:
    found = json.loads((home / "models" / name / "model.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def interrupt_after(monkeypatch: pytest.MonkeyPatch, checkpoints: int) -> None:
    """Press Ctrl-C once the training has been kept so many times."""
    save, calls = training.save_checkpoint, []

    def counting(*arguments: Any) -> None:
        save(*arguments)
        calls.append(1)
        if len(calls) == checkpoints:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(training, "save_checkpoint", counting)


def test_a_trained_model_predicts_and_scores_as_its_card_says(
    emocli: Emocli, labelled: Path, home: Path
) -> None:
    trained = emocli(*BILSTM, "-o", "epochs=12", "--name", "mine")
    assert trained.status == 0
    result = json.loads(trained.out)
    dev = model_json(home, "mine")["about"]["dev"]
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
    emocli: Emocli, labelled: Path, home: Path
) -> None:
    for name, seed in (("one", "5"), ("two", "5"), ("three", "6")):
        assert emocli(*BILSTM, "-o", "epochs=1", "--seed", seed, "--name", name).status == 0
    one, two, three = (
        (home / "models" / name / "model.safetensors").read_bytes()
        for name in ("one", "two", "three")
    )
    assert one == two != three


@pytest.mark.parametrize(
    ("method", "checkpoints", "done"),
    [
        ("bilstm", 2, "2 epochs done"),
        ("ft", 2, "2 epochs done"),
        ("ft", 4, "stage 2, 1 epoch done"),
        ("datn2", 3, "3 epochs done"),
    ],
)
def test_a_resumed_training_ends_bit_for_bit_where_an_uninterrupted_one_does(
    emocli: Emocli,
    labelled: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    checkpoints: int,
    done: str,
) -> None:
    source = () if method == "bilstm" else ("--source", "mood.csv")
    command = (*BILSTM, "--method", method, *source, "-o", "epochs=4", "--seed", "3")
    assert emocli(*command, "--name", "whole").status == 0
    with monkeypatch.context() as patched:
        interrupt_after(patched, checkpoints)
        stopped = emocli(*command, "--name", "parted")
    assert stopped.status == 130
    typed = " ".join(("emocli", *command, "--name", "parted"))
    assert stopped.err.endswith(
        f"Stopped; what was learnt is kept, {done}. Go on with:\n  {typed} --resume\nInterrupted.\n"
    )
    assert not (home / "models" / "parted").exists()

    resumed = emocli(*command, "--name", "parted", "--resume")
    assert resumed.status == 0
    assert f"Going on with the training of 'parted', {done}.\n" in resumed.err
    whole, parted = (home / "models" / name for name in ("whole", "parted"))
    weights = "model.safetensors"
    assert (whole / weights).read_bytes() == (parted / weights).read_bytes()
    told, same = model_json(home, "whole"), model_json(home, "parted")
    assert told["thresholds"] == same["thresholds"]
    assert told["about"]["dev"] == same["about"]["dev"]
    losses = [[entry["loss"] for entry in one["about"]["history"]] for one in (told, same)]
    assert losses[0] == losses[1]
    assert len(losses[0]) == (7 if method == "ft" else 4)
    assert same["about"]["commands"] == [typed]
    assert not (home / "runs" / "parted").exists()


def test_ctrl_c_before_the_first_checkpoint_says_that_nothing_is_kept(
    emocli: Emocli, labelled: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        training.Run, "_step", lambda *arguments: signal.raise_signal(signal.SIGINT)
    )
    stopped = emocli(*BILSTM, "--name", "mine")
    assert stopped.status == 130
    assert stopped.err.endswith(
        "Stopped before the end of the first epoch: nothing is kept.\nInterrupted.\n"
    )


def test_a_training_that_is_not_resumed_makes_room_and_says_so(
    emocli: Emocli, labelled: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = (*BILSTM, "-o", "epochs=2", "--name", "mine")
    with monkeypatch.context() as patched:
        interrupt_after(patched, 1)
        emocli(*command)
    anew = emocli(*command)
    assert anew.status == 0
    assert (
        "An unfinished training of 'mine' (1 epoch done) makes room for this one; "
        "--resume would have gone on with it.\n" in anew.err
    )
    assert "epoch 1/2" in anew.err


def test_resume_with_nothing_to_resume_starts_anew_and_says_so(
    emocli: Emocli, labelled: Path
) -> None:
    answer = emocli(*BILSTM, "-o", "epochs=1", "--name", "mine", "--resume")
    assert answer.status == 0
    assert "There is no unfinished training of 'mine': starting anew.\n" in answer.err


def test_another_training_is_not_resumed(
    emocli: Emocli, labelled: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        interrupt_after(patched, 1)
        emocli(*BILSTM, "-o", "epochs=2", "--name", "mine")
    with (labelled / "dev.csv").open("a", encoding="utf-8") as stream:
        stream.write("one more,joy\n")
    answer = emocli(*BILSTM, "-o", "epochs=3", "--name", "mine", "--resume")
    assert answer.status == 1
    assert answer.err.endswith(
        f"Error: {home / 'runs' / 'mine'}: the unfinished training there differs in dev data, "
        "option epochs; give the same command again, or start anew without --resume.\n"
    )


def test_half_precision_halves_the_weights(emocli: Emocli, labelled: Path, home: Path) -> None:
    for name, more in (("whole", ()), ("halved", ("--half",))):
        assert emocli(*BILSTM, "-o", "epochs=1", "--name", name, *more).status == 0
    sizes = [
        (home / "models" / name / "model.safetensors").stat().st_size
        for name in ("whole", "halved")
    ]
    assert sizes[1] < 0.7 * sizes[0]
    assert model_json(home, "halved")["weights"]["precision"] == "float16"


def test_a_method_with_a_source_task_learns_from_several_data_sets(
    emocli: Emocli, labelled: Path, home: Path
) -> None:
    answer = emocli(
        *("train", "--method", "ft", "--train", "train.csv", "--dev", "dev.csv", *SMALL),
        *("--source", "mood.csv", "--source", "mood.csv", "-o", "epochs=1"),
    )
    assert answer.status == 0
    data = model_json(home, "ft-train")["about"]["data"]
    assert data["source"]["name"] == "mood.csv + mood.csv"
    assert data["source"]["texts"] == 30


def test_a_training_learns_from_teachers_too(emocli: Emocli, labelled: Path, home: Path) -> None:
    assert emocli(*BILSTM, "-o", "epochs=1", "--name", "teacher").status == 0
    (labelled / "more.txt").write_text("so happy\n\nso sad\n", encoding="utf-8")
    answer = emocli(
        *(*BILSTM, "-o", "epochs=1", "--name", "pupil", "--teacher", "teacher"),
        *("--unlabelled", "more.txt", "--gold-weight", "0.25"),
    )
    assert answer.status == 0
    lesson = model_json(home, "pupil")["about"]["data"]["lesson"]
    assert [teacher["method"] for teacher in lesson["teachers"]] == ["bilstm"]
    assert (lesson["unlabelled"], lesson["gold_weight"]) == (2, 0.25)


def test_a_data_set_brings_its_dev_split_its_name_and_its_terms(
    emocli: Emocli, labelled: Path, home: Path, monkeypatch: pytest.MonkeyPatch
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
    answer = emocli("train", "-m", "bilstm", "--train", dataset.name, "-o", "epochs=1", *SMALL)
    assert answer.status == 0
    about = model_json(home, "bilstm-semeval2018-ec")["about"]
    assert about["data"]["dev"]["name"] == "semeval2018-ec:dev"
    assert about["terms"] == {dataset.name: f"{dataset.licence}. {dataset.terms}"}


def test_a_result_on_a_terminal_is_a_table(
    emocli: Emocli, labelled: Path, home: Path, terminal: None
) -> None:
    answer = emocli(*BILSTM, "-o", "epochs=1", "--name", "mine")
    rows = dict(re.split("   +", line.strip(), maxsplit=1) for line in answer.out.splitlines()[:10])
    shown = ("model", "method", "dev Jaccard", "dev micro F1", "dev macro F1", "epochs trained")
    assert tuple(rows) == (*shown, "best epoch", "seconds", "parameters", "saved in")
    assert rows["model"] == "mine"
    piped = emocli(*BILSTM, "-o", "epochs=1", "--name", "mine", "--replace", "--json", "-q")
    assert json.loads(piped.out)["model"] == "mine"
    assert piped.err == ""


def test_a_name_that_is_taken_is_refused_before_anything_is_read(
    emocli: Emocli, labelled: Path, home: Path
) -> None:
    (home / "models" / "mine").mkdir(parents=True)
    taken = emocli(*BILSTM, "--name", "mine")
    assert (taken.status, taken.err) == (
        2,
        f"Error: {home / 'models' / 'mine'}: is there already; "
        "choose another --name or add --replace.\n",
    )
    bundled = emocli(*BILSTM, "--name", "datn2")
    assert (bundled.status, bundled.err) == (
        2,
        "Error: model 'datn2' comes with a package; choose another --name.\n",
    )


def test_replace_takes_the_place_of_a_model_and_of_no_other_folder(
    emocli: Emocli, labelled: Path
) -> None:
    (labelled / "thesis").mkdir()
    (labelled / "thesis" / "chapter.txt").write_text("years of work", encoding="utf-8")
    answer = emocli(*BILSTM, "--name", str(labelled / "thesis"), "--replace")
    assert answer.status != 0
    assert (labelled / "thesis" / "chapter.txt").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--train", "train.csv", "--method", "bilst", "--dev", "dev.csv"),
            "unknown method 'bilst': did you mean 'bilstm'? "
            "Known methods: apsp, bilstm, datn1, datn2, fs, ft, psp, sp.",
        ),
        (
            ("--train", "train.csv"),
            "the method is missing: add --method with one of: "
            "apsp, bilstm, datn1, datn2, fs, ft, psp, sp.",
        ),
        (
            ("--method", "bilstm"),
            "what to learn from is missing: add --train with a file or the name of a data set.",
        ),
        (
            ("--method", "bilstm", "--train", "train.csv"),
            "train.csv: has no dev data of its own; they choose the best epoch and the "
            "thresholds. Add --dev with a file of other texts.",
        ),
        (
            ("--method", "bilstm", "--train", "train.csv", "-o", "epochs"),
            "option 'epochs' has no value: write -o NAME=VALUE.",
        ),
        (
            ("--method", "bilstm", "--train", "train.csv", "-o", "epochs=many"),
            "option 'epochs' is 'many', expected a whole number",
        ),
        (
            ("--method", "ft", "--train", "train.csv", "--dev", "dev.csv", "--device", "cpu"),
            "method 'ft' also learns from a source task: add --source DATA.",
        ),
        (
            (
                *("--method", "bilstm", "--train", "train.csv", "--dev", "dev.csv"),
                *("--source", "mood.csv", "--device", "cpu"),
            ),
            "method 'bilstm' has no use for --source data.",
        ),
        (
            ("--method", "bilstm", "--train", "train.csv", "--unlabelled", "more.txt"),
            "--unlabelled texts need a --teacher that labels them.",
        ),
    ],
)
def test_a_wrong_command_says_what_is_wrong_with_it(
    emocli: Emocli, labelled: Path, arguments: tuple[str, ...], message: str
) -> None:
    answer = emocli("train", *arguments)
    assert (answer.status, answer.out, answer.err) == (2, "", f"Error: {message}\n")


def test_an_unknown_option_or_metric_names_the_nearest(emocli: Emocli, labelled: Path) -> None:
    start = ("train", "--method", "bilstm", "--train", "train.csv")
    option = emocli(*start, "-o", "epoch=3")
    assert option.status == 2
    assert option.err.startswith("Error: unknown option 'epoch': did you mean 'epochs'? Known opt")
    metric = emocli(*start, "-o", "metric=micro_f1")
    assert metric.status == 2
    assert metric.err.startswith("Error: unknown metric 'micro_f1': did you mean 'micro-f1'? Kno")


def test_a_label_that_only_dev_has_is_an_error_with_path_and_line(
    emocli: Emocli, labelled: Path
) -> None:
    (labelled / "dev.csv").write_text("text,labels\na,joy\nb,saddness\n", encoding="utf-8")
    answer = emocli(*BILSTM)
    assert (answer.status, answer.err) == (
        1,
        "Error: dev.csv:3: label 'saddness' is not one of the labels; did you mean 'sadness'? "
        "Labels: anger, joy, sadness.\n",
    )


def test_help_shows_an_option_for_each_role_of_the_methods(emocli: Emocli) -> None:
    answer = emocli("train", "--help")
    assert answer.status == 0
    assert "--source DATA" in answer.out
    assert "  Examples:\n    emocli train --method bilstm --train train.csv" in answer.out
