"""What every command refuses of its arguments, whatever the command is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Cli = Callable[..., Any]


@pytest.mark.parametrize(
    ("arguments", "option", "times"),
    [
        (("train", "--train", "a.csv", "--train", "b.csv"), "--train", 2),
        (("train", "--method", "ft", "-m", "bilstm", "--name", "x"), "--method", 2),
        (("predict", "--model", "a", "-m", "b", "--model=c", "x.txt"), "--model", 3),
        (("predict", "--output", "a.csv", "--output", "a.csv"), "--output", 2),
        (("evaluate", "m", "sample", "--threshold", "0.1", "--threshold", "0.2"), "--threshold", 2),
        (("benchmark", "--jobs", "1", "--jobs", "2"), "--jobs", 2),
        (("benchmark", "report", "--format", "json", "-f", "csv"), "--format", 2),
    ],
)
def test_an_option_of_one_value_given_again_was_taken_without_a_word(
    command_line: Cli, arguments: tuple[str, ...], option: str, times: int
) -> None:
    result = command_line(*arguments)
    assert (result.status, result.output) == (2, "")
    assert result.errors == (
        f"Error: {option} is given {times} times and takes one value; leave out all but one.\n"
    )


@pytest.mark.parametrize("arguments", [("-q", "-q", "--json", "--json"), ("--no-progress",) * 3])
def test_flags_may_be_given_again(command_line: Cli, arguments: tuple[str, ...]) -> None:
    assert command_line("data", "list", *arguments).status == 0


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("data", "add", "isear", ""), "PATH"),
        (("predict", ""), "FILES"),
        (("predict", "--output", "", "x.txt"), "--output"),
        (("train", "--config", ""), "--config"),
    ],
)
def test_an_empty_path_was_taken_for_the_working_folder(
    command_line: Cli, arguments: tuple[str, ...], name: str
) -> None:
    result = command_line(*arguments)
    assert (result.status, result.output) == (2, "")
    assert result.errors == f"Error: {name} is '', expected a path.\n"
