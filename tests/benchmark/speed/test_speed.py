"""How quickly models answer: what is compared, counted and shown. No time is asserted."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from emocli import models
from emocli.benchmark.speed import measure as measuring
from emocli.benchmark.speed.report import Speed, grid, measure
from emocli.benchmark.speed.ways import PIPELINE_BATCHES, Way, emocli_way, pipeline_ways
from emocli.benchmark.speed.work import matrix_peak, operations
from emocli.modelling.batches import Item
from emocli.modelling.trained import Trained
from emocli.plugins import registry
from emocli.testing import sample_data
from emocli.training.settings import Settings
from emocli.training.train import TrainingData, train

TEXTS = ("so happy today", "i hate this awful morning", "so happy today", "😂")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "texts.txt"
    path.write_text("".join(f"{text}\n" for text in TEXTS), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def encoder_model(tiny_encoders: dict[str, Path]) -> Trained:
    method, data = registry().method("bert"), sample_data()
    options = {"encoder": str(tiny_encoders["bert"]), "epochs": 1}
    config = method.config_class().from_options(options)
    return train(method, config, TrainingData(data, data), Settings())


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Run no commands; remember them, each of which takes a second and a mebibyte."""
    asked: list[tuple[str, ...]] = []

    def run(*arguments: str) -> tuple[float, int]:
        asked.append(arguments)
        return 1.0, 2**20

    monkeypatch.setattr(measuring, "_run", run)
    return asked


def speed_of(trained: Trained, source: Path, rounds: int = 2) -> Speed:
    ways = [
        emocli_way(trained, name, precision, 64)
        for name, precision in (("fp32", torch.float32), ("bf16", torch.bfloat16))
    ]
    return measure("mine", [*ways, *pipeline_ways(trained)], source, rounds)


def test_every_way_writes_an_answer_a_text(encoder_model: Trained, source: Path) -> None:
    ways = [emocli_way(encoder_model, "fp32", torch.float32, 64), *pipeline_ways(encoder_model)]
    for way in ways:
        target = source.with_name("answers.jsonl")
        way.run(source, target)
        rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
        assert [row["text"] for row in rows] == list(TEXTS)
        assert all(set(row["scores"]) == set(encoder_model.model.labels.names) for row in rows)
        target.unlink()


def test_the_pipeline_has_the_models_encoder(encoder_model: Trained, source: Path) -> None:
    """Whatever its head, its encoder gives the same states."""
    from transformers import pipelines

    made: list[Any] = []
    build = pipelines.pipeline

    def remembering(*arguments: Any, **options: Any) -> Any:
        made.append(options["model"])
        return build(*arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("transformers.pipeline", remembering)
        pipeline_ways(encoder_model)
    model: Any = encoder_model.model
    batch = model.batch([Item(model.tokenizer.encode(TEXTS[0]))])
    with torch.no_grad():
        theirs = made[0].base_model(batch.ids).last_hidden_state
        torch.testing.assert_close(model.states(batch), theirs, atol=1e-5, rtol=0)


def test_a_model_without_an_encoder_has_no_pipeline(tiny_model: Path) -> None:
    assert pipeline_ways(models.load(str(tiny_model))) == []


def test_ways_take_turns_and_the_first_does_not_count(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[str] = []

    def way(name: str) -> Way:  # each turn takes a second longer than the one before
        return Way("pipeline", "fp32", name, lambda *_: turns.append(name))

    clock = SimpleNamespace(perf_counter=lambda: len(turns) * (len(turns) + 1) / 2)
    monkeypatch.setattr(measuring, "time", clock)
    assert measuring.time_ways([way("a"), way("b")], source, 2) == [[3, 5], [4, 6]]
    assert turns == ["a", "b"] * 3


def test_the_median_of_the_rounds_counts(source: Path) -> None:
    way = Way("pipeline", "fp32", "batch 1", lambda *_: None)
    timing = measuring.timing_of(way, [1.0, 9.0, 2.0], source, "mine")
    assert timing.texts_per_second == len(TEXTS) / 2
    assert timing.seconds == [1.0, 9.0, 2.0]


def test_each_way_is_told(
    encoder_model: Trained, source: Path, commands: list[tuple[str, ...]]
) -> None:
    speed = speed_of(encoder_model, source)
    assert [one.engine for one in speed.timings] == ["emocli"] * 2 + ["pipeline"] * 3
    assert all(len(one.seconds) == 2 and min(one.seconds) > 0 for one in speed.timings)
    assert [one.start for one in speed.timings] == [1.0, 1.0, None, None, None]
    first, *_, last = speed.timings
    assert (first.peak_memory, last.peak_memory, last.milliseconds) == (2**20, None, None)
    assert first.bound is not None
    assert 0 < first.bound < 1
    assert list(first.milliseconds or ()) == ["p50", "p95", "p99"]
    assert speed.n_texts == len(TEXTS)
    assert set(speed.stages) == {"reading", "tokenising", "forward", "writing"}
    told = [words for words in commands if "predict" in words]
    assert all(("mine" in words) and ("--precision" in words) for words in told)
    assert ("-c", "import torch") in commands


def test_the_table_compares_with_each_batch_of_the_pipeline(
    encoder_model: Trained, source: Path, commands: list[tuple[str, ...]]
) -> None:
    table = grid(speed_of(encoder_model, source))
    compared = [heading for heading in table.headings if heading.startswith("× pipeline")]
    assert compared == [f"× pipeline, batch {n}" for n in PIPELINE_BATCHES]
    assert [row[0].text for row in table.rows][:3] == [
        "emocli, fp32, 64 tokens",
        "emocli, bf16, 64 tokens",
        "pipeline, fp32, batch 1",
    ]
    column = table.headings.index("× pipeline, batch 32")
    assert table.rows[3][column].text == "1.0"


def test_the_operations_of_an_lstm_are_counted(tiny_model: Path) -> None:
    model: Any = models.load(str(tiny_model)).model
    items = [Item(model.tokenizer.encode(text)) for text in ("so happy today", "i am sad")]
    width, hidden = model.config.embedding_width, model.config.hidden_width
    recurrent = 2 * 2 * 6 * 4 * hidden * (width + hidden)  # both directions, 2 for each product
    counted = operations(model, items)
    assert recurrent < counted < 2 * recurrent


def test_the_operations_of_an_encoder_are_those_of_its_layers(encoder_model: Trained) -> None:
    model: Any = encoder_model.model
    items = [Item(model.tokenizer.encode(text)) for text in TEXTS]
    c = model.encoder.config
    a_piece = c.num_hidden_layers * (4 * c.hidden_size**2 + 2 * c.hidden_size * c.intermediate_size)
    n_pieces = sum(len(item.ids) for item in items)
    assert 2 * n_pieces * a_piece < operations(model, items) < 2.4 * n_pieces * a_piece


def test_a_machine_computes_something() -> None:
    assert matrix_peak(torch.float32, torch.device("cpu")) > 1e8
