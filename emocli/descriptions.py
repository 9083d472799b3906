"""What `model.json` in a model folder says, and whether it can be so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from emocli.errors import EmocliError

FORMAT = 1
DESCRIPTION = "model.json"
AGAIN = "copy or train the model again, or remove it."
_BASE = re.compile(r"base-\d+")
_KEYS: dict[str, type] = {
    "method": str,
    "config": dict,
    "labels": dict,
    "roles": dict,
    "thresholds": list,
    "weights": dict,
    "about": dict,
}
_ABOUT: dict[str, type] = {"data": dict, "dev": dict, "terms": dict, "commands": list}


def describe(folder: Path) -> dict[str, Any]:
    """What `model.json` says.

    Raises:
        EmocliError: it is missing, damaged, incomplete, or of a later format.
    """
    path = folder / DESCRIPTION
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise EmocliError(f"{path}: is missing; {AGAIN}") from error
    except OSError as error:
        raise EmocliError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise EmocliError(f"{path}: is not JSON ({error}); {AGAIN}") from error
    if not isinstance(found, dict) or not isinstance(found.get("format"), int):
        raise EmocliError(f"{path}: describes no emocli model; {AGAIN}")
    if found["format"] > FORMAT:
        raise EmocliError(
            f"{path}: has format {found['format']}, this emocli reads up to {FORMAT}; "
            "upgrade emocli."
        )
    wrong = _wrong(found)
    if wrong is not None:
        raise EmocliError(f"{path}: {wrong}; {AGAIN}")
    return found


def is_base(name: str) -> bool:
    """Whether a folder in a model folder is called as those of the models that it builds upon."""
    return _BASE.fullmatch(name) is not None


def _wrong(found: dict[str, Any]) -> str | None:
    """Which part of a description is missing or does not fit the others, in words."""
    about = found.get("about")
    own = {key: isinstance(found.get(key), kind) for key, kind in _KEYS.items()}
    own["bases"] = _are_bases(found.get("bases", []))
    if isinstance(about, dict):
        own |= {key: isinstance(about.get(key, kind()), kind) for key, kind in _ABOUT.items()}
    for key, is_right in own.items():
        if not is_right:
            return f"has no '{key}', or not as it should be"
    if not isinstance(found["weights"].get("sha256"), str):
        return "has no SHA-256 of the weights"
    wrong = [_wrong_labels(task) for task in (found["labels"], *found["roles"].values())]
    return next(filter(None, [*wrong, _wrong_thresholds(found)]), None)


def _are_bases(names: Any) -> bool:
    return isinstance(names, list) and all(isinstance(one, str) and is_base(one) for one in names)


def _wrong_labels(task: Any) -> str | None:
    names = task.get("names") if isinstance(task, dict) else None
    if not names or not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        return "tells of labels without names"
    if not isinstance(task.get("exclusive"), bool):
        return "does not say whether its labels exclude one another"
    twice = sorted({name for name in names if names.count(name) > 1})
    return f"has the label '{twice[0]}' twice" if twice else None


def _wrong_thresholds(found: dict[str, Any]) -> str | None:
    thresholds, n_labels = found["thresholds"], len(found["labels"]["names"])
    if len(thresholds) != n_labels:
        return f"has {n_labels} labels and {len(thresholds)} thresholds"
    for threshold in thresholds:
        if type(threshold) not in (int, float) or not 0 <= threshold <= 1:
            return f"has the threshold {threshold!r}, expected 0 to 1"
    return None
