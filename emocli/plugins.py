"""Find the installed plugins and what they declare; keep a broken one from breaking the rest.

Every method, built in or not, comes through the entry-point group `emocli`, each entry naming a
module with hooks. A plugin that cannot be imported or whose hook fails is remembered with its
error; a name declared twice belongs to nobody until one of the two packages goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pluggy

from emocli import hookspecs
from emocli.entry_points import EntryPoint, entry_points
from emocli.errors import UsageError, unknown
from emocli.methods import BundledModel, Method, quiet_stdout

if TYPE_CHECKING:
    from emocli.data.dataset import Dataset

_HOOKS = ("emocli_methods", "emocli_models", "emocli_datasets")


@dataclass
class Plugin:
    """One entry point: where it comes from, what it declares, and what went wrong with it."""

    entry: EntryPoint
    methods: list[Method] = field(default_factory=list)
    models: list[BundledModel] = field(default_factory=list)
    datasets: list[Dataset] = field(default_factory=list)
    error: str | None = None
    details: str | None = None

    @property
    def name(self) -> str:
        """The name of the entry point."""
        return self.entry.name

    @property
    def module(self) -> str:
        """The module that holds its hooks."""
        return self.entry.value

    @property
    def distribution(self) -> str:
        """The package that brings it."""
        return self.entry.distribution

    @property
    def version(self) -> str:
        """The package's version."""
        return self.entry.version


@dataclass(frozen=True)
class Registry:
    """Everything that the installed plugins declare, by name.

    `clashes` maps a kind and a name declared more than once to the plugins that declare it.
    """

    plugins: tuple[Plugin, ...]
    methods: dict[str, Method]
    models: dict[str, BundledModel]
    datasets: dict[str, Dataset]
    clashes: dict[tuple[str, str], tuple[str, ...]]

    def method(self, name: str) -> Method:
        """The method called `name`.

        Raises:
            UsageError: no plugin declares it, or more than one does.
        """
        self.refuse_clash("method", name)
        if name not in self.methods:
            raise unknown("method", name, self.methods, self._broken())
        return self.methods[name]

    def refuse_clash(self, kind: str, name: str) -> None:
        """Raise UsageError where several plugins declare this name."""
        owners = self.clashes.get((kind, name))
        if owners:
            raise UsageError(
                f"{kind} '{name}' is declared by {' and '.join(owners)}; "
                "uninstall one of them (`emocli plugins` lists them)."
            )

    def _broken(self) -> str:
        names = [plugin.name for plugin in self.plugins if plugin.error]
        return f"Plugins that failed to load: {', '.join(names)}." if names else ""


@cache
def registry() -> Registry:
    """What is installed, found once for each process."""
    return collect(entry_points("emocli"))


def collect(found: Sequence[EntryPoint]) -> Registry:
    """Load every entry point and gather what each declares."""
    manager = pluggy.PluginManager("emocli")
    manager.add_hookspecs(hookspecs)
    ordered = sorted(found, key=lambda entry: (entry.name, entry.value))
    plugins = tuple(_load(manager, entry) for entry in ordered)
    clashes: dict[tuple[str, str], tuple[str, ...]] = {}
    return Registry(
        plugins=plugins,
        methods=_by_name("method", [(p, m) for p in plugins for m in p.methods], clashes),
        models=_by_name("model", [(p, m) for p in plugins for m in p.models], clashes),
        datasets=_by_name("dataset", [(p, d) for p in plugins for d in p.datasets], clashes),
        clashes=clashes,
    )


def _load(manager: pluggy.PluginManager, entry: EntryPoint) -> Plugin:
    plugin = Plugin(entry)
    try:
        with quiet_stdout():
            module = entry.load()
            # Two packages may name their entries alike; pluggy wants one name each.
            manager.register(module, name=f"{entry.name} {id(module)}")
            declared = {hook: _call(manager, module, hook) for hook in _HOOKS}
    # A third party's fault is contained, whatever it is, and told in `emocli plugins`.
    except (Exception, SystemExit) as error:
        import traceback

        plugin.error = f"{type(error).__name__}: {error}"
        plugin.details = traceback.format_exc()
        return plugin
    plugin.methods = declared["emocli_methods"]
    plugin.models = declared["emocli_models"]
    plugin.datasets = declared["emocli_datasets"]
    return plugin


def _call(manager: pluggy.PluginManager, module: ModuleType, hook: str) -> list[Any]:
    others = [other for other in manager.get_plugins() if other is not module]
    hooks = manager.subset_hook_caller(hook, remove_plugins=others).get_hookimpls()
    # Called one by one: pluggy itself would leave out those that return None.
    answers: list[Any] = [one.function() for one in hooks]
    for answer in answers:
        if not isinstance(answer, list):
            raise TypeError(f"{hook} returned {type(answer).__name__}, expected a list")
        for declared in answer:
            _check(hook, declared)
    return [declared for answer in answers for declared in answer]


def _check(hook: str, declared: Any) -> None:
    kind = _kind(hook)
    if not isinstance(declared, kind):
        raise TypeError(f"{hook} returned a {type(declared).__name__}, expected {kind.__name__}")
    if not isinstance(declared.name, str):
        raise TypeError(f"{hook} returned a {kind.__name__} whose name is no text")


def _kind(hook: str) -> type[Method | BundledModel | Dataset]:
    """The class of what a hook declares."""
    if hook == "emocli_methods":
        return Method
    if hook == "emocli_models":
        return BundledModel
    from emocli.data.dataset import Dataset

    return Dataset


def _by_name(
    kind: str, declared: list[tuple[Plugin, Any]], clashes: dict[tuple[str, str], tuple[str, ...]]
) -> dict[str, Any]:
    owners: dict[str, list[tuple[Plugin, Any]]] = {}
    for plugin, thing in declared:
        owners.setdefault(thing.name, []).append((plugin, thing))
    for name, several in owners.items():
        if len(several) > 1:
            clashes[kind, name] = tuple(
                f"'{plugin.name}' ({plugin.distribution})" for plugin, _ in several
            )
    return {name: several[0][1] for name, several in owners.items() if len(several) == 1}
