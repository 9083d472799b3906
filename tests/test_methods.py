from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Literal, Optional

import pytest

from emocli.errors import EmocliError, UsageError
from emocli.methods import NO_ROLES, Config, Method, option


@dataclass(frozen=True)
class Options(Config):
    """One option of each kind."""

    width: int = option(8, "an odd width", least=1)
    share: float = option(0.5, "a share", least=0, most=1)
    offset: float = option(0.0, "any number")
    tuned: bool = option(True, "yes or no")
    words: str = option("random", "a name")
    place: Literal["first", "last"] = option("last", "one of two")
    depth: Literal[1, 2] = option(1, "one of two numbers")
    limit: int | None = option(None, "a number or none")
    old: Optional[float] = option(None, "written the older way")  # noqa: UP045


@dataclass(frozen=True)
class Papers(Options):
    """Options with the settings of two papers."""

    presets: ClassVar = {
        "old": {"width": 4, "share": 0.25, "epochs": 3},
        "wrong": {"width": 0},
    }

    preset: Literal["none", "old", "wrong"] = option("none", "a paper's settings")


METHOD = Method("odd", "an odd method", "Nobody 2020", Options, "fractions:Fraction")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("width", "12", 12),
        ("width", 12, 12),
        ("share", "0.25", 0.25),
        ("share", "1e-3", 0.001),
        ("share", 1, 1.0),
        ("offset", "-2", -2.0),
        ("tuned", "false", False),
        ("tuned", "Yes", True),
        ("tuned", "0", False),
        ("tuned", True, True),
        ("words", "encoder:some/folder", "encoder:some/folder"),
        ("words", "", ""),
        ("place", "first", "first"),
        ("depth", "2", 2),
        ("depth", 2, 2),
        ("limit", "7", 7),
        ("limit", "none", None),
        ("limit", None, None),
        ("old", "1.5", 1.5),
    ],
)
def test_an_option_is_read_as_its_kind(name: str, text: Any, value: Any) -> None:
    found = getattr(Options.from_options({name: text}), name)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("width", "wide", "'wide', expected a whole number"),
        ("width", "1.5", "'1.5', expected a whole number"),
        ("width", 1.0, "'1.0', expected a whole number"),
        ("width", True, "'True', expected a whole number"),
        ("width", [1], "'[1]', expected a whole number"),
        ("width", "0", "'0', expected 1 or more"),
        ("share", "half", "'half', expected a number"),
        ("share", False, "'False', expected a number"),
        ("share", {}, "'{}', expected a number"),
        ("share", "1.5", "'1.5', expected 0 to 1"),
        ("share", "nan", "'nan', expected a finite number"),
        ("offset", "inf", "'inf', expected a finite number"),
        ("tuned", "perhaps", "'perhaps', expected true or false"),
        ("place", ["last"], "'['last']', expected one of: first, last"),
        ("metric", ["jaccard"], "'['jaccard']', expected text"),
        ("place", "middle", "'middle', expected one of: first, last"),
        ("depth", "3", "'3', expected one of: 1, 2"),
        ("limit", "many", "'many', expected a whole number"),
        ("batch_size", "0", "'0', expected 1 or more"),
        ("epochs", "0", "'0', expected 1 or more"),
        ("learning_rate", "-1", "'-1.0', expected 0 or more"),
        ("warmup", 2, "'2.0', expected 0 to 1"),
        ("patience", "-1", "'-1', expected 0 or more"),
        ("clip_norm", "-0.5", "'-0.5', expected 0 or more"),
        ("weight_decay", "nan", "'nan', expected a finite number"),
        ("learning_rate", "inf", "'inf', expected a finite number"),
        ("width", "4000000000", "'4000000000', expected 1 to 2147483647"),
        ("schedule", "cosine", "'cosine', expected one of: constant, linear"),
        ("thresholds", "none", "'none', expected one of: global, per-label, fixed"),
        ("threshold", "1.5", "'1.5', expected 0 to 1"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(name: str, given: Any, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        Options.from_options({name: given})
    assert str(caught.value) == f"option '{name}' is {told}"


def test_an_unknown_option_is_answered_with_the_nearest_then_all() -> None:
    with pytest.raises(UsageError) as caught:
        Config.from_options({"epoch": 3})
    assert str(caught.value) == (
        "unknown option 'epoch': did you mean 'epochs'? Known options: accumulate, "
        "batch_size, clip_norm, epochs, learning_rate, metric, patience, schedule, threshold, "
        "thresholds, warmup, weight_decay."
    )


def test_every_default_keeps_its_own_bounds() -> None:
    defaults = {name: default for name, _, default, _ in Options.described()}
    assert Options.from_options(defaults) == Options()


def test_options_describe_themselves() -> None:
    described = {name: rest for name, *rest in Options.described()}
    assert list(described)[:3] == ["epochs", "batch_size", "accumulate"]
    assert described["width"] == ["int", 8, "an odd width"]
    assert described["place"] == ["first|last", "last", "one of two"]
    assert described["limit"] == ["int", None, "a number or none"]
    assert described["old"] == ["float", None, "written the older way"]


def test_a_preset_gives_other_defaults() -> None:
    found = Papers.from_options({"preset": "old"})
    assert (found.preset, found.width, found.share, found.epochs) == ("old", 4, 0.25, 3)
    assert found.batch_size == Papers().batch_size
    assert Papers.from_options({"preset": "none"}) == Papers.from_options({}) == Papers()


def test_what_is_said_besides_wins_over_a_preset_in_any_order() -> None:
    before = Papers.from_options({"width": "6", "preset": "old"})
    after = Papers.from_options({"preset": "old", "width": "6"})
    assert before == after
    assert (before.width, before.share) == (6, 0.25)


def test_a_kept_configuration_is_read_back_as_it_was() -> None:
    found = Papers.from_options({"preset": "old", "width": 9})
    assert Papers.from_options(asdict(found)) == found


def test_an_unknown_preset_is_answered_with_all() -> None:
    with pytest.raises(UsageError) as caught:
        Papers.from_options({"preset": "older"})
    assert str(caught.value) == "option 'preset' is 'older', expected one of: none, old, wrong"


def test_a_list_in_the_place_of_a_preset_was_an_internal_error() -> None:
    with pytest.raises(UsageError) as caught:
        Papers.from_options({"preset": ["old"]})
    assert str(caught.value) == ("option 'preset' is '['old']', expected one of: none, old, wrong")


def test_a_presets_values_keep_the_bounds_too() -> None:
    with pytest.raises(UsageError) as caught:
        Papers.from_options({"preset": "wrong"})
    assert str(caught.value) == "option 'width' is '0', expected 1 or more"


def test_presets_are_no_option() -> None:
    assert "presets" not in {name for name, *_ in Papers.described()}
    assert Config.presets == {}


def test_a_configuration_cannot_be_changed() -> None:
    with pytest.raises(AttributeError, match="cannot assign to field 'width'"):
        Options().width = 9  # type: ignore[misc]


def test_a_method_names_the_class_of_its_options_or_where_it_is() -> None:
    assert METHOD.config_class() is Options
    named: Any = Method("odd", "", "", "fractions:Fraction", "").config_class()
    assert named.__name__ == "Fraction"


def test_a_method_whose_options_cannot_be_imported_is_an_error_in_words() -> None:
    method = Method("lost", "", "", "fractions:Lost", "fractions:Fraction")
    with pytest.raises(EmocliError) as caught:
        method.config_class()
    assert str(caught.value) == (
        "method 'lost' cannot be loaded from fractions:Lost: module 'fractions' has no attribute "
        "'Lost'; reinstall the package that brings it."
    )


def test_a_method_imports_its_model_on_use() -> None:
    from fractions import Fraction

    found: object = METHOD.model_class()
    assert found is Fraction


def test_a_method_whose_model_cannot_be_imported_is_an_error_in_words() -> None:
    method = Method("lost", "", "", Config, "no_such_package.model:Lost")
    with pytest.raises(EmocliError) as caught:
        method.model_class()
    assert str(caught.value) == (
        "method 'lost' cannot be loaded from no_such_package.model:Lost: No module named "
        "'no_such_package'; reinstall the package that brings it."
    )


def test_what_a_models_module_prints_is_kept_out_of_stdout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "talkative.py").write_text("print('hello')\nModel = int\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert replace(METHOD, model="talkative:Model").model_class() is int
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "hello\n")


def test_no_role_is_called_like_an_option_of_train() -> None:
    """It would take the option's place, for every method."""
    from emocli.cli.train import command

    options = {max(one.opts, key=len).lstrip("-") for one in command.params}
    assert {name for name in options if name.isidentifier()} | {"target"} <= set(NO_ROLES)
