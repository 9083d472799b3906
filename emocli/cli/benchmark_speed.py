"""`emocli benchmark speed`: how quickly models answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emocli.cli.benchmark_tables import FIGURE_FORMATS, draw, stdout_format
from emocli.cli.completing import complete_models
from emocli.cli.options import (
    FilePath,
    device_option,
    examples,
    listed,
    refuse_empty,
    shared_options,
    whole_numbers,
)
from emocli.cli.output import reporter
from emocli.errors import EmocliError, UsageError
from emocli.paths import target_of, writing

if TYPE_CHECKING:
    from emocli.benchmark.speed.report import Speed
    from emocli.benchmark.speed.ways import Way
    from emocli.modelling.trained import Trained

_FORMATS = ("rich", "markdown", "json")


@click.command(
    "speed",
    epilog=examples(
        "emocli benchmark speed",
        "emocli benchmark speed datn2 my-bert --texts tweets.txt --precision fp32,bf16",
        "emocli benchmark speed my-bert --format json",
        "emocli benchmark speed my-bert --lines 1000,100000 --pieces 8,32,128 --plot speed.svg",
    ),
)
@click.argument("models", nargs=-1, shell_complete=complete_models)
@click.option(
    "--texts",
    metavar="FILE",
    type=FilePath(),
    help="Texts to answer.  [default: those of the sample inside the package]",
)
@click.option(
    "--precision",
    "precisions",
    callback=refuse_empty,
    metavar="NAME,NAME",
    help="Precisions to compare: fp32, bf16, fp16, int8.  [default: all that are quick here]",
)
@click.option(
    "--batch-tokens",
    "budgets",
    callback=refuse_empty,
    metavar="N,N",
    default="2048",
    show_default=True,
    help="Tokens a batch to compare.",
)
@click.option(
    "--rounds", type=click.IntRange(min=1), default=5, show_default=True, help="Turns of each way."
)
@click.option("--no-pipeline", is_flag=True, help="Leave transformers.pipeline out.")
@click.option(
    "--lines",
    metavar="N,N",
    default="",
    callback=refuse_empty,
    help="Measure files of so many lines, made of the texts.",
)
@click.option(
    "--pieces",
    metavar="N,N",
    default="",
    callback=refuse_empty,
    help="Measure texts of so many pieces, made likewise.",
)
@click.option(
    "--plot",
    metavar="FILE",
    type=FilePath(dir_okay=False),
    help="Draw --lines and --pieces into this file: .svg, .png or .pdf.",
)
@device_option
@click.option(
    "--format",
    "-f",
    type=click.Choice(_FORMATS),
    help="Format of the tables.  [default: rich on a terminal, else json]",
)
@shared_options
def speed(models: tuple[str, ...], **given: Any) -> None:
    """Measure how quickly trained models answer a file, from start to end.

    MODELS are names or folders; without one, the model that comes with emocli. Beside emocli with
    each precision and batch, transformers.pipeline answers the same texts with the same encoder, if
    it has one; all take turns in one process. `emocli benchmark --speed` is the same.
    """
    report = reporter()
    lines = sorted(set(whole_numbers("--lines", [given["lines"]], "1000,100000")))
    pieces = sorted(set(whole_numbers("--pieces", [given["pieces"]], "8,32,128")))
    if given["plot"] is not None:
        _check_plot(given["plot"], anything=bool(lines or pieces))
    from emocli.benchmark.speed.report import measure
    from emocli.benchmark.speed.scaling import works

    found: list[Speed] = []
    with _texts(given["texts"]) as source:
        for model in models or ("datn2",):
            ways = _ways(model, given)
            found.append(
                measure(model, ways, source, given["rounds"], report, works(lines, pieces))
            )
    _show(found, given["format"] or stdout_format())
    if given["plot"] is not None:
        _plot(found, given["plot"])
        report.say(f"The figure is in {given['plot']}.")


def _show(speeds: Sequence[Speed], format: str) -> None:
    from emocli.benchmark.speed.report import grids

    if format == "json":
        click.echo(json.dumps([one.as_dict() for one in speeds], indent=1))
        return
    for one in speeds:
        for grid in grids(one):
            draw(grid, format)


def _plot(speeds: Sequence[Speed], path: Path) -> None:
    from emocli.benchmark.drawing import save
    from emocli.benchmark.figures.scaling import scaling

    figure = scaling(speeds)
    if figure is None:
        raise EmocliError(f"{path}: not written, since everything to draw was left out.")
    save(figure, path)


def _check_plot(path: Path, anything: bool) -> None:
    """Refuse what could not be drawn, before anything is measured."""
    if path.suffix[1:] not in FIGURE_FORMATS:
        endings = ", ".join(f".{name}" for name in FIGURE_FORMATS)
        raise UsageError(f"--plot {path}: its ending tells no format, expected one of {endings}.")
    if not anything:
        raise UsageError(
            "--plot draws what --lines and --pieces measure: give at least one of these."
        )
    import tempfile

    from emocli.benchmark.drawing import check_matplotlib

    check_matplotlib()
    with writing(path), tempfile.TemporaryFile(dir=target_of(path).parent):
        pass


def _ways(model: str, given: dict[str, Any]) -> list[Way]:
    from emocli.benchmark.speed.ways import emocli_way, pipeline_ways
    from emocli.inference.devices import choose_device, choose_precision, keep_freed_memory
    from emocli.models import load

    keep_freed_memory()
    device = choose_device(given["device"])
    trained: Trained = load(model, device)
    names = listed([given["precisions"] or ""]) or _quick(trained, device)
    ways = [
        emocli_way(trained, name, choose_precision(name, device), budget)
        for name in names
        for budget in whole_numbers("--batch-tokens", [given["budgets"]], "1024,2048")
    ]
    return [*ways, *([] if given["no_pipeline"] else pipeline_ways(trained))]


def _quick(trained: Trained, device: Any) -> list[str]:
    """fp32, and what the device has instructions for and the model answers in."""
    from emocli.inference.devices import choose_precision, computes_int8
    from emocli.modelling.packed_encoder import answers_in_int8

    best = str(choose_precision("auto", device, bf16_on_cpu=True))
    whole = computes_int8(device) and answers_in_int8(trained.model)
    return ["fp32", *(["bf16"] if best.endswith("bfloat16") else []), *(["int8"] if whole else [])]


@contextmanager
def _texts(path: Path | None) -> Iterator[Path]:
    """The file; those of the sample, in a file that is gone afterwards."""
    if path is not None:
        _refuse_empty(path)
        yield path
        return
    import tempfile

    from emocli import datasets
    from emocli.data.labelled import read_labelled

    lines: Sequence[str] = [
        example.text
        for split in ("train", "dev", "test")
        for example in read_labelled(
            f"sample:{split}", role="train", datasets=datasets.known()
        ).examples
    ]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "sample.txt"
        place.write_text("\n".join(lines) + "\n", encoding="utf-8")
        yield place


def _refuse_empty(path: Path) -> None:
    from emocli.data.inputs import Inputs

    if next(iter(Inputs([path]).records()), None) is None:
        raise EmocliError(f"{path}: holds no texts.")
