"""What a finished training is told with."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emocli import paths
from emocli.cli.listing import show
from emocli.cli.output import console, make_table
from emocli.reporting import Reporter

if TYPE_CHECKING:
    from emocli.modelling.trained import Trained

_SCORES = {
    "accuracy": "dev accuracy",
    "jaccard": "dev Jaccard",
    "micro_f1": "dev micro F1",
    "macro_f1": "dev macro F1",
}


def show_result(trained: Trained, place: Path, reporter: Reporter, *, as_json: bool) -> None:
    """The dev scores, the epochs, the time and the place of a new model, on stdout.

    How to use the model is said on stderr.
    """
    result = _result(trained, place)

    def draw() -> None:
        titles = {"model": "model", "method": "method", **_SCORES, "epochs": "epochs trained"}
        titles |= {"best_epoch": "best epoch", "seconds": "seconds", "parameters": "parameters"}
        titles |= {"folder": "saved in"}
        shown = [{"what": titles[key], "value": _cell(key, result[key])} for key in titles]
        rows = [row for row in shown if row["value"]]
        table = make_table(rows, {"what": "", "value": ""})
        table.show_header = False
        console().print(table)

    show(result, draw, as_json=as_json)
    reporter.say(f"Use it: emocli predict FILE --model {shlex.quote(result['model'])}")


def _result(trained: Trained, place: Path) -> dict[str, Any]:
    about = trained.about
    history = about["history"]  # empty where there was nothing to learn but thresholds
    last_stage = [entry for entry in history if entry["stage"] == history[-1]["stage"]]
    return {
        "model": place.name if place.parent == paths.models_folder() else str(place),
        "method": trained.method,
        **{key: about["dev"][key] for key in _SCORES},
        "epochs": len(last_stage),
        "best_epoch": _best_epoch(trained, last_stage),
        "seconds": about["seconds"],
        "parameters": about["parameters"],
        "folder": str(place),
    }


def _best_epoch(trained: Trained, history: list[dict[str, Any]]) -> int | None:
    """The epoch, from 1, whose weights the model has; None where dev did not choose it."""
    from emocli.evaluation.metrics import find_metric
    from emocli.training.choosing import dev_metric

    metric = dev_metric(trained.model.config, trained.model.labels)
    if not history or metric not in history[0]:
        return None
    sign = 1 if find_metric(metric).higher_is_better else -1
    return int(max(history, key=lambda entry: sign * entry[metric])["epoch"])


def _cell(key: str, value: Any) -> str:
    if value is None:
        return ""
    if key in _SCORES:
        return f"{value:.4f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
