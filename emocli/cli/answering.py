"""From the inputs of `predict` to its outputs: which model, which sinks, how far it has come."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from emocli.cli.answer_table import AnswerTable
from emocli.cli.output import stdout_is_terminal
from emocli.cli.predictor import load_predictor
from emocli.cli.summary import Summary
from emocli.data.inputs import Inputs
from emocli.data.writing import Writer, open_writer, output_format, output_row, partial_path
from emocli.reporting import SILENT, Bar, Reporter

if TYPE_CHECKING:
    from emocli.inference.streaming import Answer, Decide
    from emocli.modelling.reader import Policy


@dataclass(frozen=True)
class Request:
    """What the command line asks of predict; each field is the option of that name."""

    files: tuple[str, ...]
    model: str
    text_column: str | None
    id_column: str | None
    input_format: str | None
    encoding: str
    errors: str
    output: Path | None
    format: str | None
    threshold: float | None
    top: int | None
    summary: bool
    resume: bool
    device: str
    precision: str
    batch_tokens: int | None
    max_latency: float
    long: Policy

    @property
    def row_format(self) -> str:
        """How records are written: `table`, or a format of a writer."""
        if self.format is not None:
            return self.format
        if self.output is not None:
            return output_format(self.output) or "jsonl"
        return "table" if stdout_is_terminal() else "jsonl"


class Sink(Protocol):
    """Where answers go."""

    def write(self, answers: Sequence[Answer], /) -> None:
        """Take the answers to a window of records."""


@dataclass(frozen=True)
class _Rows:
    writer: Writer

    def write(self, answers: Sequence[Answer]) -> None:
        self.writer.write([output_row(a.record, a.id, a.labels, a.scores) for a in answers])


def answer_inputs(
    request: Request, inputs: Inputs, labels: Sequence[str], reporter: Reporter
) -> None:
    """Answer every record and write the answers where the request wants them.

    Args:
        labels: the names of the model's labels.

    Raises:
        EmocliError: something cannot be read, loaded or written.
    """
    summary = Summary(labels) if request.summary else None
    with ExitStack() as stack:
        sinks: list[Sink] = [summary] if summary else []
        n_before = 0
        if request.output is not None or (summary is None and request.row_format != "table"):
            writer = stack.enter_context(_open_writer(request, inputs, labels, reporter))
            n_before = writer.rows_done
            sinks.append(_Rows(writer))
        elif summary is None:
            sinks.append(AnswerTable())
        n_texts = _answer(request, inputs, sinks, n_before, reporter)
    if n_before + n_texts == 0:
        reporter.warn("there are no texts: the input is empty.")
    if summary:
        summary.show(as_table=_summary_is_table(request))


@contextmanager
def telling_what_is_left(output: Path, reporter: Reporter) -> Iterator[None]:
    """Where the work breaks off, say that the rows so far are kept and how to go on."""
    try:
        yield
    finally:
        # On success, it has become the output.
        left = partial_path(output)
        if left.exists():
            reporter.warn(
                f"{left}: holds what is done; give the same command with --resume to go on."
            )


def _answer(
    request: Request, inputs: Inputs, sinks: Sequence[Sink], n_before: int, reporter: Reporter
) -> int:
    """How many records were answered."""
    from emocli.inference.read_ahead import read_ahead
    from emocli.inference.streaming import answer

    predictor = load_predictor(
        request.model,
        reporter,
        device=request.device,
        precision=request.precision,
        long=request.long,
        threshold=request.threshold,
        batch_tokens=request.batch_tokens,
    )
    began, n_texts = time.monotonic(), 0
    latency = request.max_latency if inputs.total_bytes is None else None
    windows = read_ahead(inputs.records(n_before), max_latency=latency)
    with _progress(request, reporter) as bar:
        for answers in answer(predictor, windows, decide=_decide(request), n_before=n_before):
            for sink in sinks:
                sink.write(answers)
            n_texts += len(answers)
            bar.advance(len(answers), **_part_read(inputs))
    if predictor.reader.n_long:
        reporter.warn(predictor.reader.note())
    if request.output is not None and n_texts:
        seconds = time.monotonic() - began
        reporter.say(
            f"{request.output}: {_counted(n_texts)} in {seconds:.1f} s "
            f"({n_texts / max(seconds, 1e-3):,.0f} texts a second)"
        )
    return n_texts


def _open_writer(
    request: Request, inputs: Inputs, labels: Sequence[str], reporter: Reporter
) -> Writer:
    left = request.output is not None and partial_path(request.output).exists()
    if left and not request.resume:
        reporter.warn(f"{request.output}.partial: is written anew; --resume would go on with it.")
    writer = open_writer(
        request.output,
        request.row_format,
        labels=labels,
        carried=inputs.carried,
        resume=request.resume,
    )
    if writer.rows_done:
        reporter.say(f"{request.output}: {_counted(writer.rows_done)} done before; going on")
    elif request.resume:
        reporter.say(f"{request.output}: there is no interrupted run; beginning anew")
    return writer


def _decide(request: Request) -> Decide | None:
    from emocli.inference.streaming import most_probable

    return most_probable(request.top) if request.top is not None else None


def _progress(request: Request, reporter: Reporter) -> AbstractContextManager[Bar]:
    # A bar between the rows of a table would be torn to pieces.
    shows_rows = stdout_is_terminal() and request.output is None and not request.summary
    return (SILENT if shows_rows else reporter).progress("predicting", None, "texts")


def _part_read(inputs: Inputs) -> dict[str, str]:
    if not inputs.total_bytes:
        return {}
    return {"read": f"{min(inputs.position() / inputs.total_bytes, 1):.0%}"}


def _counted(n_texts: int) -> str:
    return f"{n_texts:,} text{'' if n_texts == 1 else 's'}"


def _summary_is_table(request: Request) -> bool:
    if request.format is not None and request.output is None:
        return request.format == "table"
    return stdout_is_terminal()
