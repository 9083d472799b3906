"""Several seeds of one method, trained one after the other and kept as one ensemble."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

Emocli = Callable[..., Any]
Described = Callable[[Path], dict[str, Any]]
Interrupted = Callable[[int], AbstractContextManager[None]]


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
    emocli: Emocli,
    labelled: Path,
    home: Path,
    bilstm: tuple[str, ...],
    interrupted_after: Interrupted,
) -> None:
    command = (*bilstm, "-o", "epochs=2", "--name", "both", "--seeds", "2")
    with interrupted_after(3):
        stopped = emocli(*command)
    assert stopped.status == 130
    assert stopped.err.endswith(
        "Stopped; what was learnt is kept, 1 of 2 seeds are done, 1 epoch done. Go on with:\n"
        f"  {' '.join(('emocli', *command))} --resume\nInterrupted.\n"
    )
    resumed = emocli(*command, "--resume")
    assert resumed.status == 0
    assert "seed 0 (1 of 2)" not in resumed.err
    assert "Going on with the training of 'both, seed 1', 1 epoch done." in resumed.err
    assert all(path.name.endswith(".lock") for path in (home / "runs").iterdir())


def test_resuming_says_what_there_is_to_go_on_with_and_no_more(
    emocli: Emocli, labelled: Path, bilstm: tuple[str, ...], interrupted_after: Interrupted
) -> None:
    """The ensemble of seeds that were all done was said to start anew, as were later seeds."""
    command = (*bilstm, "-o", "epochs=1", "--name", "both", "--seeds", "2")
    with interrupted_after(1):
        emocli(*command)
    assert "starting anew" not in emocli(*command, "--resume").err
    anew = emocli(*command, "--replace", "--resume").err
    assert anew.count("There is no unfinished training of 'both': starting anew.") == 1
    assert anew.count("starting anew") == 1


def test_finished_seeds_outlast_a_training_without_seeds(
    emocli: Emocli,
    labelled: Path,
    home: Path,
    bilstm: tuple[str, ...],
    interrupted_after: Interrupted,
) -> None:
    command = (*bilstm, "-o", "epochs=1", "--name", "both")
    with interrupted_after(2):
        emocli(*command, "--seeds", "2")
    assert emocli(*command).status == 0
    resumed = emocli(*command, "--seeds", "2", "--replace", "--resume")
    assert resumed.status == 0
    assert "seed 0 (1 of 2)" not in resumed.err


def test_the_card_tells_which_seeds_ran_out_of_time(
    emocli: Emocli,
    labelled: Path,
    home: Path,
    bilstm: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from emocli.training.settings import Settings

    calls = iter(range(100))
    monkeypatch.setattr(Settings, "time_is_over", lambda self: next(calls) == 5)
    command = (*bilstm, "-o", "epochs=3", "--name", "both", "--seeds", "2", "--max-minutes", "9")
    assert emocli(*command).status == 0
    card = (home / "models" / "both" / "README.md").read_text(encoding="utf-8")
    assert card.count("Stopped before its end") == 1
    assert "\nbilstm, seed 0: Stopped before its end: the 9 minutes were over" in card


def test_what_an_earlier_training_left_makes_room_whole(
    emocli: Emocli, labelled: Path, bilstm: tuple[str, ...], interrupted_after: Interrupted
) -> None:
    """The checkpoint of a seed under way stayed, and refused the new training's --resume."""
    earlier = (*bilstm, "-o", "epochs=3", "--name", "both", "--seeds", "2")
    command = (*bilstm, "-o", "epochs=2", "--name", "both", "--seeds", "2")
    with interrupted_after(4):
        emocli(*earlier)
    with interrupted_after(1):
        stopped = emocli(*command)
    told = "1 finished seed of 'both' make room for this training; --resume would have kept them."
    assert told in stopped.err
    resumed = emocli(*command, "--resume")
    assert resumed.status == 0, resumed.err
    assert "Going on with the training of 'both, seed 0', 1 epoch done." in resumed.err
    assert "seed 1, " not in resumed.err


def test_finished_seeds_of_another_training_are_not_mixed_in(
    emocli: Emocli,
    labelled: Path,
    home: Path,
    bilstm: tuple[str, ...],
    interrupted_after: Interrupted,
) -> None:
    """The same command was the same training, whatever its files had come to say."""
    recipe = labelled / "recipe.toml"
    recipe.write_text("seeds = 2\nepochs = 2\ndropout = 0.5\n", encoding="utf-8")
    command = (*bilstm, "--config", "recipe.toml", "--name", "both")
    with interrupted_after(3):
        emocli(*command)
    recipe.write_text("seeds = 2\nepochs = 2\ndropout = 0.0\n", encoding="utf-8")
    with (labelled / "train.csv").open("a", encoding="utf-8") as stream:
        stream.write("one more,joy\n")
    answer = emocli(*command, "--resume")
    assert answer.status == 1
    assert answer.err.endswith(
        f"Error: {home / 'runs' / 'both.seeds' / 'seed-0'}: the unfinished training there differs "
        "in option dropout, train data; give the same command again, or start anew without "
        "--resume.\n"
    )
    assert emocli(*command).status == 0


def test_finished_seeds_are_taken_whatever_words_ask_for_the_same(
    emocli: Emocli, labelled: Path, bilstm: tuple[str, ...], interrupted_after: Interrupted
) -> None:
    """More minutes or --replace, as errors advise, were another command and refused."""
    command = (*bilstm, "-o", "epochs=2", "--name", "both")
    with interrupted_after(3):
        emocli(*command, "--seeds", "2", "--max-minutes", "9")
    words = ("--max-minutes", "60", "--seeds", "3", "--replace")
    resumed = emocli(*command, *words, "--resume")
    assert resumed.status == 0
    told = [line for line in resumed.err.splitlines() if line.startswith("seed ")]
    assert told == ["seed 1 (2 of 3)", "seed 2 (3 of 3)"]


def test_a_finished_seed_of_which_nothing_is_known_is_damaged(
    emocli: Emocli,
    labelled: Path,
    home: Path,
    bilstm: tuple[str, ...],
    interrupted_after: Interrupted,
) -> None:
    command = (*bilstm, "-o", "epochs=1", "--name", "both", "--seeds", "2")
    with interrupted_after(2):
        emocli(*command)
    folder = home / "runs" / "both.seeds" / "seed-0"
    folder.with_suffix(".json").write_text("[]", encoding="utf-8")
    answer = emocli(*command, "--resume")
    assert answer.status == 1
    assert answer.err.endswith(
        f"Error: {folder}: the unfinished training there is damaged (AttributeError(\"'list' "
        "object has no attribute 'keys'\")); start anew without --resume.\n"
    )
