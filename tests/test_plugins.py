"""What the installed plugins declare, and how a faulty one is kept from harming the rest."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from emocli.data.catalogue import BUILTIN
from emocli.entry_points import EntryPoint
from emocli.errors import UsageError
from emocli.hookspecs import hookimpl
from emocli.methods import BundledModel, Config, Method
from emocli.plugins import Registry, collect


@dataclass(frozen=True)
class Entry(EntryPoint):
    """An entry point with what its module would hold, or why it cannot be imported."""

    hooks: dict[str, Callable[[], Any]] = field(default_factory=dict)
    failure: BaseException | None = None

    def load(self) -> ModuleType:
        if self.failure is not None:
            raise self.failure
        module = ModuleType(self.value)
        for name, hook in self.hooks.items():
            hook.__name__ = name
            setattr(module, name, hookimpl(hook))
        return module


def method(name: str) -> Method:
    return Method(name, "a method", "nobody", Config, "emocli_nobody.model:Nothing")


def installed(name: str, package: str | None = None, **rest: Any) -> Entry:
    return Entry(name, f"emocli_{name}", package or f"emocli-{name}", "1.0", **rest)


def entry(name: str, *methods: str, package: str | None = None, **hooks: Any) -> Entry:
    declared = [method(one) for one in methods]
    return installed(name, package, hooks={"emocli_methods": lambda: declared, **hooks})


def broken(name: str, hook: Callable[[], Any], which: str = "emocli_methods") -> Entry:
    return installed(name, hooks={which: hook})


def raises(error: BaseException) -> Callable[[], Any]:
    def hook() -> Any:
        raise error

    return hook


def error_of(registry: Registry, name: str) -> str | None:
    return next(plugin.error for plugin in registry.plugins if plugin.name == name)


def test_a_plugin_is_known_with_its_package_and_what_it_declares() -> None:
    model = BundledModel("small", Path("small"))
    hooks = {"emocli_models": lambda: [model], "emocli_datasets": lambda: [BUILTIN[0]]}
    found = collect([entry("bow", "bow", "bigrams", **hooks)])
    (plugin,) = found.plugins
    assert (plugin.name, plugin.module) == ("bow", "emocli_bow")
    assert (plugin.distribution, plugin.version) == ("emocli-bow", "1.0")
    assert plugin.error is None and plugin.details is None
    assert list(found.methods) == ["bow", "bigrams"]
    assert found.method("bow") == method("bow")
    assert found.models == {"small": model}
    assert found.datasets == {BUILTIN[0].name: BUILTIN[0]}
    assert found.clashes == {}


def test_plugins_come_in_the_order_of_their_names() -> None:
    found = collect([entry("b", "first"), entry("a", "second")])
    assert [plugin.name for plugin in found.plugins] == ["a", "b"]
    assert list(found.methods) == ["second", "first"]


def test_a_module_without_hooks_declares_nothing() -> None:
    (plugin,) = collect([installed("empty")]).plugins
    assert (plugin.methods, plugin.models, plugin.datasets) == ([], [], [])
    assert plugin.error is None


@pytest.mark.parametrize(
    ("faulty", "told"),
    [
        pytest.param(
            installed("bad", failure=ImportError("no module named 'missing'")),
            "ImportError: no module named 'missing'",
            id="fails to import",
        ),
        pytest.param(
            installed("bad", failure=SystemExit("I leave")), "SystemExit: I leave", id="exits"
        ),
        pytest.param(
            broken("bad", raises(RuntimeError("out of ideas"))),
            "RuntimeError: out of ideas",
            id="raises in its hook",
        ),
        pytest.param(
            broken("bad", lambda: method("bad")),
            "TypeError: emocli_methods returned Method, expected a list",
            id="returns no list",
        ),
        pytest.param(
            broken("bad", lambda: None),
            "TypeError: emocli_methods returned NoneType, expected a list",
            id="returns nothing",
        ),
        pytest.param(
            broken("bad", lambda: ["bad"]),
            "TypeError: emocli_methods returned a str, expected Method",
            id="declares no method",
        ),
        pytest.param(
            broken("bad", lambda: [method("bad")], "emocli_models"),
            "TypeError: emocli_models returned a Method, expected BundledModel",
            id="declares no model",
        ),
        pytest.param(
            broken("bad", lambda: [1], "emocli_datasets"),
            "TypeError: emocli_datasets returned a int, expected Dataset",
            id="declares no data set",
        ),
        pytest.param(
            broken("bad", lambda: [BundledModel("bad", Path("bad"))], "emocli_datasets"),
            "TypeError: emocli_datasets returned a BundledModel, expected Dataset",
            id="declares a model as a data set",
        ),
        pytest.param(
            broken("bad", lambda: [replace(BUILTIN[0], name=None)], "emocli_datasets"),  # type: ignore[arg-type]
            "TypeError: emocli_datasets returned a Dataset whose name is no text",
            id="declares a data set without a name",
        ),
        pytest.param(
            broken("bad", lambda: [replace(BUILTIN[0], editions=())], "emocli_datasets"),
            "ValueError: data set 'semeval2018-ec': labels is",
            id="declares a data set without editions",
        ),
        pytest.param(
            broken("bad", lambda: [replace(method("bad"), bases="two")]),  # type: ignore[arg-type]
            "ValueError: bases of 'bad' is 'two', expected one of none, optional, one, several",
            id="builds upon some number of bases",
        ),
        pytest.param(
            broken("bad", lambda: [replace(method("bad"), roles=("name",))]),
            "ValueError: roles of 'bad' is ('name',), expected a tuple of identifiers, none of",
            id="has a role that is an option",
        ),
        pytest.param(
            broken("bad", lambda: [replace(method("bad"), roles=("my role",))]),
            "ValueError: roles of 'bad' is ('my role',), expected a tuple of identifiers",
            id="has a role of two words",
        ),
        pytest.param(
            broken("bad", lambda: [replace(method("bad"), roles="source")]),  # type: ignore[arg-type]
            "ValueError: roles of 'bad' is 'source', expected a tuple of identifiers",
            id="has a role that is no tuple",
        ),
        pytest.param(
            broken("bad", lambda: [BundledModel("bad", "here")], "emocli_models"),  # type: ignore[arg-type]
            "TypeError: folder of 'bad' is 'here', expected a Path",
            id="declares a model whose folder is text",
        ),
    ],
)
def test_a_faulty_plugin_is_named_with_its_error_and_the_others_work(
    faulty: Entry, told: str
) -> None:
    found = collect([faulty, entry("bow", "bow")])
    assert (error_of(found, "bad") or "").startswith(told)
    assert error_of(found, "bow") is None
    assert list(found.methods) == ["bow"]


def test_the_traceback_of_a_faulty_plugin_is_kept() -> None:
    (plugin,) = collect([broken("bad", raises(RuntimeError("out of ideas")))]).plugins
    assert plugin.details is not None
    assert plugin.details.startswith("Traceback (most recent call last):\n")
    assert plugin.details.endswith("\nRuntimeError: out of ideas\n")


def test_a_plugin_that_fails_half_way_declares_nothing() -> None:
    fault = raises(ValueError("too late"))
    found = collect([entry("half", "half", emocli_datasets=fault)])
    assert error_of(found, "half") == "ValueError: too late"
    assert found.methods == {}


def test_what_a_plugin_prints_is_kept_out_of_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    """It used to stand among the answers of `emocli predict`."""

    def hook() -> list[Method]:
        sys.stdout.write("thank you for choosing bow\n")
        return [method("bow")]

    collect([broken("bow", hook)])
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "thank you for choosing bow\n")


def test_an_interruption_is_no_fault_of_a_plugin() -> None:
    with pytest.raises(KeyboardInterrupt):
        collect([installed("bow", failure=KeyboardInterrupt())])


def test_a_method_declared_twice_belongs_to_nobody() -> None:
    found = collect([entry("a", "bow", "only-a"), entry("b", "bow", "only-b")])
    assert list(found.methods) == ["only-a", "only-b"]
    assert found.clashes == {("method", "bow"): ("'a' (emocli-a)", "'b' (emocli-b)")}
    with pytest.raises(UsageError) as caught:
        found.method("bow")
    assert str(caught.value) == (
        "method 'bow' is declared by 'a' (emocli-a) and 'b' (emocli-b); "
        "uninstall one of them (`emocli plugins` lists them)."
    )


def test_a_model_declared_twice_is_refused_too() -> None:
    model = BundledModel("small", Path("small"))
    twice = [entry(name, emocli_models=lambda: [model]) for name in ("a", "b")]
    found = collect(twice)
    assert found.models == {}
    with pytest.raises(UsageError) as caught:
        found.refuse_clash("model", "small")
    assert str(caught.value) == (
        "model 'small' is declared by 'a' (emocli-a) and 'b' (emocli-b); "
        "uninstall one of them (`emocli plugins` lists them)."
    )


def test_an_unknown_method_may_be_in_a_plugin_that_failed() -> None:
    found = collect([entry("bow", "bow"), installed("cnn", failure=ImportError("no cnn"))])
    with pytest.raises(UsageError) as caught:
        found.method("bwo")
    assert str(caught.value) == (
        "unknown method 'bwo': did you mean 'bow'? Known methods: bow. "
        "Plugins that failed to load: cnn."
    )


def test_two_plugins_of_one_name_are_both_named() -> None:
    found = collect([entry("bow", "bow"), entry("bow", "bigrams", package="emocli-other")])
    assert [plugin.distribution for plugin in found.plugins] == ["emocli-bow", "emocli-other"]
    assert list(found.methods) == ["bow", "bigrams"]
