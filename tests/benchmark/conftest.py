"""A suite of two small methods on a few texts, and trials and records without a training."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from emocli.benchmark.suite import DataSpec, Row, Suite, read_suite
from emocli.benchmark.trials import Variant
from emocli.errors import EmocliError

TRAIN = """text,labels
so happy today,joy
what a happy day,joy
I hate this bus,anger
so angry right now,anger
I cry all day,sadness
happy tears all day,joy|sadness
so sad and so angry,anger|sadness
lonely and in tears,sadness
"""
DEV = """text,labels
happy happy day,joy
angry at this bus,anger
tears all day,sadness
"""
TEST = """text,labels
so happy today,joy
so angry and lonely,anger|sadness
a happy day in tears,joy|sadness
the bus,
"""
SOURCE = """text,labels
happy and good,positive
hate and tears,negative
a good day,positive
an angry bus,negative
"""


@pytest.fixture
def data(tmp_path: Path) -> DataSpec:
    """Train, dev and test texts of three emotions, and a sentiment source."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name, text in (("train", TRAIN), ("dev", DEV), ("test", TEST), ("source", SOURCE)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    places = {name: str(folder / f"{name}.csv") for name in ("train", "dev", "test", "source")}
    roles = {"source": (places.pop("source"),)}
    return DataSpec(name="moods", **places, roles=roles)


@pytest.fixture
def make_suite(data: DataSpec, tmp_path: Path) -> Callable[..., Suite]:
    """A suite of these rows on the data; other fields as given."""

    def make(*rows: Row, **fields: Any) -> Suite:
        return Suite(
            **{
                "name": "mini",
                "title": "Mini",
                "source": "",
                "data": (data,),
                "rows": rows or (Row("Base", "bilstm"), Row("DATN-2", "datn2")),
                "metrics": ("jaccard", "macro-f1"),
                "seeds": 2,
                "options": {"epochs": 1, "hidden_width": 4, "embedding_width": 4},
                "notes": "",
                "path": tmp_path / "mini.toml",
                **fields,
            }
        )

    return make


RECORD: dict[str, Any] = {
    "suite": "mini",
    "row": "Base",
    "method": "bilstm",
    "asked": {"epochs": 1},
    "options": {},
    "data": "moods",
    "checksums": {"train": "abc"},
    "seed": 1,
    "variant": asdict(Variant()),
    "fold": None,
    "source_size": None,
    "bases": [],
    "emocli": "0.1",
    "status": "done",
    "scored_on": "test",
    "in_train": 0,
    "parts": {"train": {"texts": 8}, "dev": {"texts": 3}},
    "history": [{"seconds": 1.0, "steps": 4}, {"seconds": 3.0, "steps": 4}],
    "seconds": 4.0,
    "resumed": False,
    "texts_per_second": 100.0,
    "parameters": 1000,
    "peak_memory": 2**20,
    "exclusive": False,
    "label_names": ["anger", "joy", "sadness"],
    "device": "auto",
}


@pytest.fixture
def make_record() -> Callable[..., dict[str, Any]]:
    """A record of a trial that was done; fields as given."""

    def make(**fields: Any) -> dict[str, Any]:
        jaccard = fields.pop("jaccard", 0.5)
        row, seed = fields.get("row", "Base"), fields.get("seed", 1)
        own = {"key": f"{row}-{seed}", "metrics": {"jaccard": jaccard, "macro-f1": jaccard / 2}}
        return {**deepcopy(RECORD), **own, **fields}

    return make


MINE = """title = "Mine"
data = ["semeval2018-ec"]
metrics = ["jaccard", "macro-f1"]
seeds = 2
[roles]
source = ["semeval-sentiment-4a"]
[options]
epochs = 5
[[rows]]
method = "bilstm"
[[rows]]
name = "DATN-2"
method = "datn2"
options = { learning_rate = 0.002 }
published = { jaccard = 0.443 }
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A sound suite of two rows in a file of its own."""
    path = tmp_path / "mine.toml"
    path.write_text(MINE, encoding="utf-8")
    return path


@pytest.fixture
def faults_of(mine: Path) -> Callable[[str], list[str]]:
    """What is wrong with a suite of this text, a line each, without the path."""

    def faults(text: str) -> list[str]:
        mine.write_text(text, encoding="utf-8")
        with pytest.raises(EmocliError) as caught:
            read_suite(mine)
        assert caught.value.exit_status == 1
        lines = str(caught.value).splitlines()
        assert all(line.startswith(f"{mine}:") for line in lines)
        return [line.removeprefix(f"{mine}:") for line in lines]

    return faults
