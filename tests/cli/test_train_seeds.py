"""Several seeds of one method, trained one after the other and kept as one ensemble."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

Emocli = Callable[..., Any]
Train = Callable[..., Any]
Described = Callable[[Path], dict[str, Any]]
Interrupted = Callable[[int], AbstractContextManager[None]]


@pytest.fixture
def train_both(emocli: Emocli, labelled: Path, bilstm: tuple[str, ...]) -> Train:
    """Train a small model called both, with these words besides."""

    def train(*words: str) -> Any:
        return emocli(*bilstm, "--name", "both", *words)

    return train


def test_each_seed_becomes_a_member(
    emocli: Emocli, labelled: Path, home: Path, bilstm: tuple[str, ...], described: Described
) -> None:
    answer = emocli(*bilstm, "-o", "epochs=2", "--name", "three", "--seed", "4", "--seeds", "3")
    assert answer.status == 0
    assert [line for line in answer.err.splitlines() if line.startswith("seed ")] == [
        "seed 4 (1 of 3)",
        "seed 5 (2 of 3)",
        "seed 6 (3 of 3)",
    ]
    place = home / "models" / "three"
    assert described(place)["method"] == "ensemble"
    bases = described(place)["bases"]
    assert [described(place / base)["about"]["seed"] for base in bases] == [4, 5, 6]
    emocli(*bilstm, "-o", "epochs=2", "--name", "alone", "--seed", "5")
    weights = [
        folder / "model.safetensors" for folder in (place / bases[1], place.with_name("alone"))
    ]
    assert weights[0].read_bytes() == weights[1].read_bytes()
    assert all(path.name.endswith(".lock") for path in (home / "runs").iterdir())
    card = (place / "README.md").read_text(encoding="utf-8")
    assert card.count("--seeds 3") == 1


def test_an_interrupted_one_goes_on_with_the_seed_that_is_not_done(
    train_both: Train, home: Path, bilstm: tuple[str, ...], interrupted_after: Interrupted
) -> None:
    words = ("-o", "epochs=2", "--seeds", "2")
    with interrupted_after(3):
        stopped = train_both(*words)
    assert stopped.status == 130
    command = ("emocli", *bilstm, "--name", "both", *words)
    assert stopped.err.endswith(
        "Stopped; what was learnt is kept, 1 of 2 seeds are done, 1 epoch done. Go on with:\n"
        f"  {' '.join(command)} --resume\nInterrupted.\n"
    )
    resumed = train_both(*words, "--resume")
    assert resumed.status == 0
    assert "seed 0 (1 of 2)" not in resumed.err
    assert "Going on with the training of 'both, seed 1', 1 epoch done." in resumed.err
    assert all(path.name.endswith(".lock") for path in (home / "runs").iterdir())


def test_resuming_says_what_there_is_to_go_on_with_and_no_more(
    train_both: Train, interrupted_after: Interrupted
) -> None:
    """The ensemble of seeds that were all done was said to start anew, as were later seeds."""
    words = ("-o", "epochs=1", "--seeds", "2")
    with interrupted_after(1):
        train_both(*words)
    assert "starting anew" not in train_both(*words, "--resume").err
    anew = train_both(*words, "--replace", "--resume").err
    assert anew.count("There is no unfinished training of 'both': starting anew.") == 1
    assert anew.count("starting anew") == 1


def test_finished_seeds_outlast_a_training_without_seeds(
    train_both: Train, interrupted_after: Interrupted
) -> None:
    words = ("-o", "epochs=1")
    with interrupted_after(2):
        train_both(*words, "--seeds", "2")
    assert train_both(*words).status == 0
    resumed = train_both(*words, "--seeds", "2", "--replace", "--resume")
    assert resumed.status == 0
    assert "seed 0 (1 of 2)" not in resumed.err


def test_the_card_tells_which_seeds_ran_out_of_time(
    train_both: Train, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emocli.training.settings import Settings

    calls = iter(range(100))
    monkeypatch.setattr(Settings, "time_is_over", lambda self: next(calls) == 5)
    answer = train_both("-o", "epochs=3", "--seeds", "2", "--max-minutes", "9")
    assert answer.status == 0
    card = (home / "models" / "both" / "README.md").read_text(encoding="utf-8")
    assert card.count("Stopped before its end") == 1
    assert "\nbilstm, seed 0: Stopped before its end: the 9 minutes were over" in card


def test_what_an_earlier_training_left_makes_room_whole(
    train_both: Train, interrupted_after: Interrupted
) -> None:
    """The checkpoint of a seed under way stayed, and refused the new training's --resume."""
    words = ("-o", "epochs=2", "--seeds", "2")
    with interrupted_after(4):
        train_both("-o", "epochs=3", "--seeds", "2")
    with interrupted_after(1):
        stopped = train_both(*words)
    assert "'both' has 1 finished seed of an earlier training, which goes; --resume" in stopped.err
    resumed = train_both(*words, "--resume")
    assert resumed.status == 0, resumed.err
    assert "Going on with the training of 'both, seed 0', 1 epoch done." in resumed.err
    assert "seed 1, " not in resumed.err


def test_finished_seeds_of_another_training_are_not_mixed_in(
    train_both: Train, labelled: Path, home: Path, interrupted_after: Interrupted
) -> None:
    """The same command was the same training, whatever its files had come to say."""
    recipe = labelled / "recipe.toml"
    recipe.write_text("seeds = 2\nepochs = 2\ndropout = 0.5\n", encoding="utf-8")
    words = ("--config", "recipe.toml")
    with interrupted_after(3):
        train_both(*words)
    recipe.write_text("seeds = 2\nepochs = 2\ndropout = 0.0\n", encoding="utf-8")
    with (labelled / "train.csv").open("a", encoding="utf-8") as stream:
        stream.write("one more,joy\n")
    answer = train_both(*words, "--resume")
    assert answer.status == 1
    assert answer.err.endswith(
        f"Error: {home / 'runs' / 'both.seeds' / 'seed-0'}: the unfinished training there differs "
        "in option dropout, train data; give the same command again, or start anew without "
        "--resume.\n"
    )
    assert train_both(*words).status == 0


def test_finished_seeds_are_taken_whatever_words_ask_for_the_same(
    train_both: Train, interrupted_after: Interrupted
) -> None:
    """More minutes or --replace, as errors advise, were another command and refused."""
    with interrupted_after(3):
        train_both("-o", "epochs=2", "--seeds", "2", "--max-minutes", "9")
    words = ("-o", "epochs=2", "--max-minutes", "60", "--seeds", "3", "--replace")
    resumed = train_both(*words, "--resume")
    assert resumed.status == 0
    told = [line for line in resumed.err.splitlines() if line.startswith("seed ")]
    assert told == ["seed 1 (2 of 3)", "seed 2 (3 of 3)"]


def test_a_finished_seed_of_which_nothing_is_known_is_damaged(
    train_both: Train, home: Path, interrupted_after: Interrupted
) -> None:
    words = ("-o", "epochs=1", "--seeds", "2")
    with interrupted_after(2):
        train_both(*words)
    folder = home / "runs" / "both.seeds" / "seed-0"
    folder.with_suffix(".json").write_text("[]", encoding="utf-8")
    answer = train_both(*words, "--resume")
    assert answer.status == 1
    assert answer.err.endswith(
        f"Error: {folder}: the unfinished training there is damaged (AttributeError(\"'list' "
        "object has no attribute 'keys'\")); start anew without --resume.\n"
    )
