"""The rows of a suite: method, options, bases and published numbers, read and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from emocli.benchmark.faults import Faults
from emocli.data.toml_lines import Place
from emocli.errors import EmocliError
from emocli.evaluation.metric_names import METRIC_NAMES
from emocli.methods import Config, Method
from emocli.plugins import registry


def the_method(faults: Faults, place: Place, table: Mapping[str, Any]) -> Method | None:
    """The method of a row; None where it is missing, unknown or cannot be loaded."""
    name = faults.text(place, table, "method")
    if not name:
        if "method" not in table:
            known = ", ".join(sorted(registry().methods))
            faults.add(place, f"the row has no method, expected one of: {known}")
        return None
    with faults.telling((*place, "method"), name):
        method = registry().method(name)
        method.config_class()
        return method
    return None


def check_common_options(
    faults: Faults, options: Mapping[str, Any], methods: Iterable[Method]
) -> None:
    """Each option must be one of some method's, and its value one that all rows who have it take.

    It may be that of a method without a row: a row can be added on the command line.
    """
    configs = list(dict.fromkeys(method.config_class() for method in methods))
    for name, value in options.items():
        place: Place = ("options", name)
        having = [config for config in configs if name in _options(config)]
        if not having and name not in _every_option():
            faults.unknown(place, "option", name, _every_option())
        for config in having:
            _check_option(faults, place, config, value)


def read_options(
    faults: Faults, place: Place, table: Mapping[str, Any], method: Method | None
) -> dict[str, Any]:
    """The options of a row."""
    options = faults.table(place, table, "options")
    if method is not None:
        for name, value in options.items():
            _check_option(faults, (*place, "options", name), method.config_class(), value)
    return options


def read_bases(
    faults: Faults,
    place: Place,
    table: Mapping[str, Any],
    method: Method | None,
    above: Sequence[str],
) -> tuple[str, ...]:
    """The rows that a row's method builds upon, as many as it wants."""
    bases = faults.texts(place, table, "bases")
    inside: Place = (*place, "bases")
    for base in bases:
        if base not in above:
            faults.unknown(inside, "row", base, above, "A row builds upon rows above it.")
    if method is None:
        return bases
    wrong = method.wrong_bases(len(bases))
    if wrong is not None:
        rows = ", ".join(['"A ROW ABOVE"'] * (2 if method.bases == "several" else 1))
        advice = "leave bases out" if method.bases == "none" else f"bases = [{rows}]"
        faults.add(inside, f"{wrong}: {advice}")
    return bases


def read_published(
    faults: Faults,
    place: Place,
    table: Mapping[str, Any],
    data: Sequence[str],
    metrics: Sequence[str],
) -> dict[str, dict[str, float]]:
    """The published numbers of a row by data name and metric; one without a name is of all data."""
    given = faults.table(place, table, "published")
    inside: Place = (*place, "published")
    found: dict[str, dict[str, float]] = {}
    for key, value in given.items():
        if not isinstance(value, dict):
            _add_number(
                faults, (*inside, key), value, metrics, [found.setdefault(d, {}) for d in data]
            )
        elif key not in data:
            faults.unknown((*inside, key), "data set", key, data)
        else:
            for metric, number in value.items():
                numbers = [found.setdefault(key, {})]
                _add_number(faults, (*inside, key, metric), number, metrics, numbers)
    return found


def _add_number(
    faults: Faults,
    place: Place,
    value: Any,
    metrics: Sequence[str],
    into: list[dict[str, float]],
) -> None:
    metric = str(place[-1])
    if metric not in METRIC_NAMES:
        faults.unknown(place, "metric", metric, METRIC_NAMES)
    elif metric not in metrics:
        listed = ", ".join(metrics)
        faults.add(place, f"published {metric} is none of the suite's metrics: {listed}")
    elif type(value) not in (int, float) or not 0 <= value <= 1:
        faults.add(place, f"published {metric} is {value!r}, expected a number from 0 to 1")
    else:
        for numbers in into:
            numbers[metric] = float(value)


def _check_option(faults: Faults, place: Place, config: type[Config], value: Any) -> None:
    name = str(place[-1])
    with faults.telling(place, name):
        config.from_options({name: value})
    if name == "metric" and value not in ("auto", *METRIC_NAMES):
        faults.unknown(place, "metric", str(value), METRIC_NAMES)


def _options(config: type[Config]) -> set[str]:
    return {name for name, *_ in config.described()}


def _every_option() -> set[str]:
    """The options of the installed methods, but for those that cannot be loaded."""
    found: set[str] = set()
    for method in registry().methods.values():
        with suppress(EmocliError):
            found |= _options(method.config_class())
    return found
