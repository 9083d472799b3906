"""`emocli predict`: texts in, emotions out."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import click

from emocli.cli.answering import Request, answer_inputs
from emocli.cli.completing import complete_models
from emocli.cli.options import (
    FilePath,
    NumberRange,
    answering_options,
    examples,
    long_option,
    shared_options,
)
from emocli.cli.output import reporter
from emocli.data.inputs import Inputs
from emocli.data.records import FORMATS, ReadOptions
from emocli.data.writing import OUTPUT_FORMATS, partial_path
from emocli.errors import UsageError
from emocli.models import describe, find
from emocli.paths import path_of

_INPUT_OPTIONS = (
    click.option("--text-column", metavar="NAME", help="Column of the texts, where unclear."),
    click.option("--id-column", metavar="NAME", help='Column of the ids.  [default: "id"]'),
    click.option(
        "--input-format",
        type=click.Choice(FORMATS),
        help="Format of the input.  [default: by the file's ending; stdin: text]",
    ),
    click.option("--encoding", default="utf-8", show_default=True, help="Encoding of the input."),
    click.option(
        "--errors",
        default="strict",
        show_default=True,
        metavar="strict|replace|ignore",
        help="What to do with bytes that are not in that encoding.",
    ),
)
_OUTPUT_OPTIONS = (
    click.option(
        "--output",
        metavar="FILE",
        type=FilePath(),
        help="Write to this file, which appears when it is whole.  [default: stdout]",
    ),
    click.option(
        "--format",
        "-f",
        type=click.Choice(["table", *OUTPUT_FORMATS]),
        help="Format of the output.  [default: by its ending; table on a terminal; else jsonl]",
    ),
    click.option(
        "--threshold",
        type=NumberRange(0, 1),
        metavar="T",
        help="Predict the labels above this probability.  [default: the model's thresholds]",
    ),
    click.option(
        "--top",
        type=click.IntRange(min=1),
        metavar="N",
        help="Predict the N most probable labels, whatever their probability.",
    ),
    click.option("--summary", is_flag=True, help="Show how often each emotion comes instead."),
    click.option("--resume", is_flag=True, help="Go on with an interrupted run to this --output."),
)
_MODEL_OPTION = click.option(
    "--model",
    "-m",
    default="datn2",
    show_default=True,
    metavar="NAME|FOLDER",
    shell_complete=complete_models,
    help="A trained model; `emocli models` lists them.",
)
_PACE_OPTIONS = (
    click.option(
        "--batch-tokens",
        type=click.IntRange(min=1),
        metavar="N",
        help="Most tokens a batch; fewer need less memory.  [default: 2048]",
    ),
    click.option(
        "--max-latency",
        type=NumberRange(min=0),
        default=1.0,
        show_default=True,
        metavar="SECONDS",
        help="How long a text from a pipe may wait for others that are answered with it.",
    ),
)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed((_MODEL_OPTION, *_INPUT_OPTIONS, *_OUTPUT_OPTIONS, *_PACE_OPTIONS)):
        command = option(command)
    return command


@click.command(
    "predict",
    epilog=examples(
        "emocli predict tweets.txt",
        "emocli predict reviews.csv --text-column review --output emotions.csv",
        "cat tweets.txt | emocli predict --format jsonl | head",
        "emocli predict tweets.txt --summary",
    ),
)
@click.argument("files", nargs=-1, type=click.Path(readable=False))
@_options
@long_option("truncate", "split", "error")
@answering_options
@shared_options
def command(**options: Any) -> None:
    """Recognise the emotions in texts.

    FILES hold text (a record a line), csv, tsv, jsonl or parquet, each also gzipped (.gz); `-`,
    or none at all, is standard input. SemEval-2018 files are recognised by their header.

    For each record one comes out, in order: its id (or its number in all of the input), its text,
    its labels (the most probable first), a score for each label (its probability), and the other
    columns of the input. With several files, the column `file` names the one it came from.
    """
    if options["output"] == Path("-"):
        options["output"] = None
    request = Request(**options)
    _check_options(request)
    paths = _paths(request.files)
    report = reporter()
    stdin = _stdin(report) if None in paths else None
    labels = _labels(request)
    inputs = Inputs(paths, _read_options(request), stdin, report)
    _refuse_overwriting(request.output, paths)
    answer_inputs(request, inputs, labels, report)


def _check_options(request: Request) -> None:
    if request.top is not None and request.threshold is not None:
        raise UsageError("--top and --threshold exclude each other; leave out one of them.")
    if request.output is None:
        if request.resume:
            raise UsageError("--resume goes on with a file; name it with --output.")
        if request.summary and request.format not in (None, "table", "jsonl"):
            raise UsageError(
                f"--summary is shown as table or jsonl, not {request.format}; "
                "with --output FILE, the records go there in that format."
            )
        return
    if request.format == "table":
        raise UsageError(
            "--format table is for reading on a terminal; "
            f"give one of {', '.join(OUTPUT_FORMATS)} with --output."
        )
    if request.resume and request.summary:
        raise UsageError(
            "--summary would count only what --resume adds; leave out one of them, "
            "or run `emocli predict` with --summary afterwards."
        )


def _labels(request: Request) -> tuple[str, ...]:
    """The model's labels, read without loading it."""
    labels = describe(find(request.model))["labels"]
    if labels["exclusive"] and request.threshold is not None:
        raise UsageError(
            f"--threshold: the labels of model '{request.model}' exclude one another, the most "
            "probable one is predicted; leave out --threshold."
        )
    return tuple(labels["names"])


def _paths(files: Sequence[str]) -> list[Path | None]:
    """The files, None for standard input; a pattern that a shell left as it is is expanded."""
    if not files:
        if sys.stdin is not None and sys.stdin.isatty():
            raise UsageError(
                "there is no input: name files, pipe texts in, or give - to type them; "
                "for example: emocli predict tweets.txt"
            )
        return [None]
    paths: list[Path | None] = []
    for name in files:
        path = path_of(name)
        literal = name == "-" or path.exists() or "**" in path.name
        matches = [] if literal else sorted(path.parent.glob(path.name))
        paths.extend(matches or [None if name == "-" else path])
    return paths


def _stdin(report: Any) -> BinaryIO:
    if sys.stdin is None:
        raise UsageError("standard input is closed; name files, or pipe texts in.")
    if sys.stdin.isatty():
        key = "Ctrl-Z and Enter end it" if os.name == "nt" else "Ctrl-D ends it"
        report.say(f"reading from the terminal, one text a line; {key}")
    buffer = sys.stdin.buffer
    # A thread that waits in the buffered stream would hold its lock when Python leaves, which
    # Python answers by aborting the process.
    raw: BinaryIO = getattr(buffer, "raw", buffer)
    return raw


def _read_options(request: Request) -> ReadOptions:
    return ReadOptions(
        request.input_format,
        request.text_column,
        request.id_column,
        request.encoding,
        request.errors,
    )


def _refuse_overwriting(output: Path | None, paths: Sequence[Path | None]) -> None:
    """Refuse to write to an input, under its own name or under that of what is not whole yet."""
    written, advice = {"stdout": _status(sys.stdout)}, "send it to another file"
    if output is not None:
        places = (output, partial_path(output))
        written = {str(place): place.stat() for place in places if place.exists()}
        advice = "give --output another name"
    read = [_status(sys.stdin) if path is None else path.stat() for path in paths]
    for name, status in written.items():
        if status is None or not stat.S_ISREG(status.st_mode):
            continue
        if any(one and os.path.samestat(status, one) for one in read):
            raise UsageError(f"{name}: is an input too; {advice}.")


def _status(stream: TextIO) -> os.stat_result | None:
    """What the system knows of a stream; None of one that is none of its own."""
    try:
        return os.fstat(stream.fileno())
    except (OSError, ValueError):
        return None
