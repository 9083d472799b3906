"""The card of a model folder: what it was trained on, how, and what it scored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SHOWN = ("jaccard", "accuracy", "micro_f1", "macro_f1")


def card(name: str, description: Mapping[str, Any]) -> str:
    """The text of `README.md`, written from `model.json`, Markdown."""
    about = description["about"]
    parts = [
        f"# {name}",
        f"An emocli model: method `{description['method']}`, "
        f"{about.get('parameters', 0):,} parameters.",
        f"Labels: {', '.join(description['labels']['names'])}"
        + (" (exactly one a text)." if description["labels"]["exclusive"] else "."),
        f"Use it: `emocli predict FILE --model {name}`",
        _data(about),
        _scores(about),
        _recipe(about),
        about.get("notes", ""),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _data(about: Mapping[str, Any]) -> str:
    rows = [
        f"| {role} | {part['name']} | {part['texts']:,} | `{part['sha256'][:16]}…` |"
        for role, part in about.get("data", {}).items()
        if "sha256" in part
    ]
    table = ["## Data", "", "| role | data | texts | SHA-256 |", "|---|---|---|---|", *rows]
    lesson = about.get("data", {}).get("lesson")
    if lesson:
        methods = [teacher["method"] for teacher in lesson["teachers"]]
        plural = "" if len(methods) == 1 else "s"
        table += [
            "",
            f"Distilled from {len(methods)} teacher{plural} ({', '.join(methods)}), which also "
            f"labelled {lesson['unlabelled']:,} texts; weight of gold labels "
            f"{lesson['gold_weight']}.",
        ]
    terms = [f"- {name}: {text}" for name, text in about.get("terms", {}).items()]
    return "\n".join(table + (["", "Terms of the data:", *terms] if terms else []))


def _scores(about: Mapping[str, Any]) -> str:
    dev = about.get("dev", {})
    known = [key for key in _SHOWN if dev.get(key) is not None]
    rows = [f"| {key.replace('_', '-')} | {dev[key]:.4f} |" for key in known]
    head = ["## Scores on dev", "", "Epoch and thresholds were chosen on the same dev data."]
    return "\n".join([*head, "", "| metric | value |", "|---|---|", *rows])


def _recipe(about: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {v}" for name, v in about.get("versions", {}).items())
    lines = ["## How it was trained", ""]
    teachers = about.get("data", {}).get("lesson", {}).get("teachers", [])
    others = [*about.get("bases", []), *teachers]
    before = [command for other in others for command in other.get("commands") or []]
    commands = list(dict.fromkeys([*before, *about.get("commands", [])]))
    if commands:
        lines += ["```", *commands, "```", ""]
    for one in (about, *others):
        if one.get("stopped"):
            who = "" if one is about else f"{one['method']}, seed {one['seed']}: "
            lines += [f"{who}Stopped before its end: {one['stopped']}.", ""]
    memory = about.get("peak_memory")
    lines.append(
        f"Seed {about.get('seed')}, {about.get('precision')} on {about.get('device')}, "
        f"{about.get('seconds')} s of training steps"
        + (f", {memory / 2**20:,.0f} MiB of memory at most; " if memory else "; ")
        + f"{versions}."
    )
    return "\n".join(lines)
