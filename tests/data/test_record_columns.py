import pytest

from emocli.data.record import ReadOptions
from emocli.data.record_columns import Columns, choose_columns
from emocli.errors import DataError, UsageError


def chosen(*names: str, **options: str) -> Columns:
    return choose_columns(names, ReadOptions(**options), "a.csv:1")


def test_the_text_column_is_found_by_its_name():
    assert chosen("id", "Tweet", "year") == Columns("Tweet", "id", ("year",))
    assert chosen("body", "content", "a").text == "content"
    assert chosen("comment", "comment_text").text == "comment_text"
    assert chosen(" text ", "b").text == " text "


def test_the_only_column_is_the_text():
    assert chosen("whatever") == Columns("whatever", None, ())
    assert chosen("ID", "whatever") == Columns("whatever", "ID", ())
    with pytest.raises(UsageError, match="which column holds the text"):
        chosen("id")


def test_columns_asked_for_win():
    assert chosen("id", "text", "b", text_column="b") == Columns("b", "id", ("text",))
    assert chosen("id", "text", "n", id_column="n") == Columns("text", "n", ("id",))
    assert chosen("a", "B", text_column="b").text == "B"
    assert chosen("b", "B", text_column="B").text == "B"


def test_a_column_that_is_not_there_names_the_nearest():
    with pytest.raises(UsageError) as caught:
        chosen("id", "Headline", "", text_column="headlin")
    assert str(caught.value) == (
        "a.csv:1: there is no column 'headlin': did you mean 'Headline'? "
        "Columns: id, Headline, (no name)."
    )
    with pytest.raises(UsageError) as caught:
        chosen("id", "text", id_column="xyz")
    assert str(caught.value) == "a.csv:1: there is no column 'xyz'. Columns: id, text."


def test_several_columns_none_of_which_is_called_text_are_listed():
    with pytest.raises(UsageError) as caught:
        chosen("id", "a", "b")
    assert str(caught.value) == (
        "a.csv:1: which column holds the text? Columns: id, a, b. Call it 'text' there, or name it "
        "with --text-column."
    )


def test_columns_of_the_same_name_are_refused():
    with pytest.raises(DataError) as caught:
        chosen("text", "a", "a")
    assert str(caught.value) == ("a.csv:1: two columns are called 'a'; give each a name of its own")


def test_no_columns_are_refused():
    with pytest.raises(DataError) as caught:
        chosen()
    assert str(caught.value) == ("a.csv:1: there are no columns, expected one that holds the text")
