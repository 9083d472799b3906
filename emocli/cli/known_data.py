"""Which data a model knows already, by what its card tells of itself and of those before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from emocli.data.examples import LabelledData
from emocli.reporting import Reporter


def warn_of_known(
    about: Mapping[str, Any], data: LabelledData, model: str, report: Reporter
) -> None:
    """Warn where a model, one that it builds upon or a teacher of one has learnt from the data."""
    for deed in dict.fromkeys(_deeds(about, data)):
        report.warn(f"{data.name} says little about other texts: {deed} on it (model '{model}')")


def _deeds(about: Mapping[str, Any], data: LabelledData) -> Iterator[str]:
    roles = _roles(about, data)
    for role in roles:
        chosen = "its epoch and thresholds were chosen"
        yield chosen if role == "dev" else "it was trained"
    if not _trained(roles):
        yield from (
            f"{who} was trained" for one, who in _before(about) if _trained(_roles(one, data))
        )


def _roles(about: Mapping[str, Any], data: LabelledData) -> list[str]:
    """As what a model had the data."""
    return [role for role, part in _data(about).items() if _has_texts_of(part, data)]


def _trained(roles: Iterable[str]) -> bool:
    return any(role != "dev" for role in roles)


def _before(about: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    """What is told of each model that this one was made of or taught by, at any remove."""
    teachers = _data(about).get("lesson", {}).get("teachers", ())
    bases = about.get("bases") or ()
    for several, who in ((bases, "a model that it builds upon"), (teachers, "a teacher")):
        for one in several:
            yield one, who
            yield from ((further, who) for further, _ in _before(one))


def _data(about: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parts of a model's data; none on the older cards of models before others."""
    return about.get("data") or {}


def _has_texts_of(part: Mapping[str, Any], data: LabelledData) -> bool:
    """Whether a part of a model's data is the data, holds all of it, or is in it."""
    same = part.get("sha256") in (data.checksum, data.part_of)
    return same or part.get("part_of") == data.checksum
