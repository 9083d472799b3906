"""The trials that a selection of a suite asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from emocli import datasets
from emocli.benchmark import trials
from emocli.benchmark.plan import Selection, make_plan, unused_methods
from emocli.benchmark.suite import DataSpec, Row, Suite
from emocli.benchmark.trials import Trial, Variant
from emocli.errors import EmocliError, UsageError
from emocli.plugins import registry

MakeSuite = Callable[..., Suite]


def told(trials: tuple[Trial, ...]) -> list[tuple[str, int]]:
    return [(trial.row, trial.seed) for trial in trials]


def test_every_row_is_tried_with_every_seed(make_suite: MakeSuite) -> None:
    plan = make_plan(make_suite(), Selection())
    assert told(plan.trials) == [("Base", 1), ("DATN-2", 1), ("Base", 2), ("DATN-2", 2)]
    assert plan.left_out == ()


def test_a_row_has_its_own_options_and_those_of_the_suite_that_its_method_has(
    make_suite: MakeSuite,
) -> None:
    row = Row("Base", "bilstm", {"epochs": 7})
    plan = make_plan(make_suite(row, options={"epochs": 2, "source_epochs": 1}), Selection())
    assert plan.trials[0].options == {"epochs": 7}


def test_options_of_the_command_win(make_suite: MakeSuite) -> None:
    rows = (Row("Base", "bilstm", {"epochs": 7}), Row("CNN", "cnn"))
    plan = make_plan(
        make_suite(*rows), Selection(n_seeds=1, options={"epochs": "3", "blocks": "1"})
    )
    assert [(trial.options["epochs"], trial.options.get("blocks")) for trial in plan.trials] == [
        ("3", None),
        ("3", "1"),
    ]


def test_an_option_that_no_row_has_is_refused(make_suite: MakeSuite) -> None:
    with pytest.raises(UsageError, match=r"^unknown option 'epoch': did you mean 'epochs'\?"):
        make_plan(make_suite(), Selection(options={"epoch": "3"}))


def test_the_nearest_of_unknown_data_may_be_of_the_suite(make_suite: MakeSuite) -> None:
    with pytest.raises(UsageError) as caught:
        make_plan(make_suite(), Selection(data=("mods",)))
    known = ", ".join(sorted(["moods", *datasets.known()]))
    assert str(caught.value) == (
        f"unknown data set 'mods': did you mean 'moods'? Known data sets: {known}. "
        "A file is given by its path."
    )


def test_rows_are_chosen_by_name_or_method(make_suite: MakeSuite) -> None:
    for name in ("DATN-2", "datn2"):
        plan = make_plan(make_suite(), Selection(rows=(name,), n_seeds=1))
        assert told(plan.trials) == [("DATN-2", 1)]


def test_a_method_without_a_row_gets_one(make_suite: MakeSuite) -> None:
    plan = make_plan(make_suite(), Selection(rows=("cnn",), n_seeds=1))
    assert [(trial.row, trial.options) for trial in plan.trials] == [
        ("cnn", {"epochs": 1, "embedding_width": 4})
    ]


def test_a_row_brings_along_what_it_builds_upon(make_suite: MakeSuite) -> None:
    rows = (Row("a", "bilstm"), Row("b", "cnn"), Row("both", "ensemble", bases=("a", "b")))
    plan = make_plan(make_suite(*rows), Selection(rows=("both",), n_seeds=1))
    assert told(plan.trials) == [("a", 1), ("b", 1), ("both", 1)]
    assert plan.trials[2].bases == plan.trials[:2]


def test_a_row_upon_one_that_is_left_out_is_left_out(make_suite: MakeSuite, data: DataSpec) -> None:
    rows = (Row("a", "datn2"), Row("b", "cnn"), Row("both", "ensemble", bases=("a", "b")))
    plan = make_plan(make_suite(*rows, data=(replace(data, roles={}),)), Selection(n_seeds=1))
    assert told(plan.trials) == [("b", 1)]
    assert plan.left_out == (
        ("a on moods", "method 'datn2' also learns from a source task: name its data."),
        ("both on moods", "it builds upon 'a', which is left out."),
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("datn3", "unknown row or method 'datn3': did you mean 'datn2'?"),
        (
            "ensemble",
            "method 'ensemble' builds upon trained models: write a suite in which its row names "
            "other rows as `bases`.",
        ),
    ],
)
def test_a_row_that_cannot_be_is_refused(make_suite: MakeSuite, name: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        make_plan(make_suite(), Selection(rows=(name,)))
    assert str(caught.value).startswith(message)


def test_folds_are_tried_with_one_seed_unless_more_are_wanted(make_suite: MakeSuite) -> None:
    folded = Selection(rows=("Base",), variant=Variant(n_folds=3))
    plan = make_plan(make_suite(), folded)
    assert [(t.seed, t.fold) for t in plan.trials] == [(1, 0), (1, 1), (1, 2)]
    assert len(make_plan(make_suite(), replace(folded, n_seeds=2)).trials) == 6


def test_a_suite_may_ask_for_folds(make_suite: MakeSuite) -> None:
    plan = make_plan(make_suite(folds=4), Selection(rows=("Base",)))
    assert [(t.fold, t.variant.n_folds) for t in plan.trials] == [(n, 4) for n in range(4)]


def test_sizes_of_the_source_are_for_methods_that_have_one(make_suite: MakeSuite) -> None:
    plan = make_plan(make_suite(), Selection(n_seeds=1, source_sizes=(2, 3)))
    assert [(trial.row, trial.source_size) for trial in plan.trials] == [
        ("Base", None),
        ("DATN-2", 2),
        ("DATN-2", 3),
    ]


def test_an_encoder_takes_the_place_of_every_other(make_suite: MakeSuite) -> None:
    rows = (
        Row("BERT", "bert"),
        Row("Base", "bilstm", {"embeddings": "glove.txt"}),
        Row("CNN", "cnn"),
    )
    variant = Variant(encoder="small")
    plan = make_plan(make_suite(*rows, options={}), Selection(n_seeds=1, variant=variant))
    assert [dict(trial.options) for trial in plan.trials] == [
        {"encoder": "small"},
        {"embeddings": "encoder:small"},
        {},
    ]


def test_data_that_are_not_there_are_left_out_with_the_reason(
    make_suite: MakeSuite, data: DataSpec
) -> None:
    gone = replace(data, name="gone", train="nowhere.csv")
    plan = make_plan(make_suite(data=(gone, data)), Selection(n_seeds=1))
    assert [trial.data.name for trial in plan.trials] == ["moods", "moods"]
    ((name, reason),) = plan.left_out
    assert (name, reason.partition(":")[0]) == ("gone", "nowhere.csv")


def test_without_any_data_the_reason_is_the_error(make_suite: MakeSuite, data: DataSpec) -> None:
    with pytest.raises(EmocliError, match=r"^nowhere\.csv: "):
        make_plan(make_suite(data=(replace(data, train="nowhere.csv"),)), Selection())


def test_other_data_may_take_the_place_of_the_suites(make_suite: MakeSuite, data: DataSpec) -> None:
    for name, expected in {
        "sample": DataSpec("sample", "sample", None, None, data.roles),
        "moods": data,
    }.items():
        plan = make_plan(make_suite(), Selection(data=(name,), n_seeds=1))
        assert [trial.data for trial in plan.trials] == [expected, expected]
        assert plan.suite.data == (expected,)


def test_data_that_nobody_knows_cannot_take_the_place_of_the_suites(make_suite: MakeSuite) -> None:
    with pytest.raises(UsageError, match="unknown data set 'moodz'"):
        make_plan(make_suite(), Selection(data=("moodz",)))


def test_a_key_tells_apart_all_that_changes_a_score(
    make_suite: MakeSuite, monkeypatch: pytest.MonkeyPatch
) -> None:
    (trial,) = make_plan(make_suite(), Selection(rows=("Base",), n_seeds=1)).trials
    variants = [
        Variant(limit=4),
        Variant(encoder="small"),
        Variant(n_folds=4),
        Variant(device="cuda"),
        Variant(precision="bf16"),
    ]
    others = [
        trial,
        replace(trial, seed=2),
        replace(trial, options={"epochs": 2}),
        replace(trial, checksums={**trial.checksums, "train": "other"}),
        replace(trial, fold=0),
        replace(trial, source_size=5),
        *(replace(trial, variant=variant) for variant in variants),
        *(replace(trial, method=method) for method in ("datn1", "datn2")),  # of equal options
        replace(trial, data=replace(trial.data, name="other")),
        replace(trial, bases=(trial,)),
        replace(trial, suite="other"),
        replace(trial, row="other"),
    ]
    assert len({other.key for other in others}) == len(others)
    assert replace(trial).key == trial.key
    monkeypatch.setattr(trials, "__version__", "0.0")
    assert replace(trial).key not in {other.key for other in others}


@pytest.mark.parametrize("embeddings", ["vectors.txt", "encoder:small"])
def test_a_key_tells_apart_what_stands_in_the_files_that_options_name(
    make_suite: MakeSuite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embeddings: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EMOCLI_ENCODERS", str(tmp_path))
    (tmp_path / "small").mkdir()
    files = (tmp_path / "vectors.txt", tmp_path / "small" / "model.safetensors")
    (trial,) = make_plan(make_suite(), Selection(rows=("Base",), n_seeds=1)).trials
    keys = []
    for content in ("one", "two", "one"):
        for file in files:
            file.write_text(content, encoding="utf-8")
        keys.append(replace(trial, options={"embeddings": embeddings}).key)
    assert keys[0] == keys[2] != keys[1]


def test_an_option_that_says_its_default_changes_no_key(make_suite: MakeSuite) -> None:
    suite = make_suite(options={})
    (trial,) = make_plan(suite, Selection(rows=("Base",), n_seeds=1)).trials
    default = registry().method("bilstm").config_class()().epochs
    assert replace(trial, options={"epochs": default}).key == trial.key


def test_methods_without_a_row_are_told_with_how_to_include_them(make_suite: MakeSuite) -> None:
    told = {how: names for names, how in unused_methods(make_suite())}
    assert "bert" in told[
        "need a pretrained encoder: add --methods NAME,NAME --encoder FOLDER-OR-HUB-NAME."
    ].split(", ")
    assert (
        told["build upon trained models: write a suite whose rows name `bases`."]
        == "ensemble, embedding-mixing"
    )
    assert "cnn" in told["add --methods NAME,NAME."].split(", ")
