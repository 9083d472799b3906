from __future__ import annotations

from pathlib import Path

from emocli.errors import DataError, EmocliError, UsageError, nearest, unknown

METHODS = ("datn1", "datn2", "bilstm")


def test_failed_work_exits_with_1_and_a_wrong_command_with_2() -> None:
    assert EmocliError("no").exit_status == 1
    assert DataError("tweets.csv", 3, "no").exit_status == 1
    assert UsageError("no").exit_status == 2


def test_bad_data_are_told_with_path_and_line() -> None:
    error = DataError(Path("tweets.csv"), 3, "the row has 2 cells, expected 3")
    assert str(error) == "tweets.csv:3: the row has 2 cells, expected 3"


def test_a_file_that_is_wrong_as_a_whole_is_told_without_a_line() -> None:
    assert str(DataError("tweets.csv", None, "is empty")) == "tweets.csv: is empty"


def test_a_name_with_a_slip_is_answered_with_the_nearest_then_all() -> None:
    assert str(unknown("method", "datn3", METHODS)) == (
        "unknown method 'datn3': did you mean 'datn2'? Known methods: bilstm, datn1, datn2."
    )


def test_a_name_that_is_like_no_other_is_answered_with_all() -> None:
    assert str(unknown("method", "zzz", METHODS)) == (
        "unknown method 'zzz'. Known methods: bilstm, datn1, datn2."
    )


def test_a_name_is_unknown_where_there_is_none() -> None:
    error = unknown("model", "mine", (), "A path to a model folder is taken too.")
    assert str(error) == (
        "unknown model 'mine'. There are no models. A path to a model folder is taken too."
    )


def test_case_does_not_keep_names_apart() -> None:
    assert nearest("JOY", ["joy", "anger"]) == "joy"
    assert nearest("joy", ["Joy", "Anger"]) == "Joy"


def test_nothing_is_near_a_name_that_shares_no_letters() -> None:
    assert nearest("xyz", METHODS) is None
