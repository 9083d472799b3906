"""From the inputs of `predict` to its outputs: which model, which sinks, how far it has come."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
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
    from emocli.data.record import Record
    from emocli.inference.prediction import Predictor
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
        writer = None
        if request.output is not None or (summary is None and request.row_format != "table"):
            writer = stack.enter_context(_open_writer(request, inputs, labels, reporter))
            sinks.append(_Rows(writer))
        elif summary is None:
            sinks.append(AnswerTable(reporter))
        n_texts = _answer(request, inputs, sinks, writer, reporter)
    if n_texts == 0:
        reporter.warn("there are no texts: the input is empty.")
    if summary:
        summary.show(as_table=_summary_is_table(request))


def _answer(
    request: Request,
    inputs: Inputs,
    sinks: Sequence[Sink],
    writer: Writer | None,
    reporter: Reporter,
) -> int:
    """How many records are answered, those of an interrupted run among them."""
    from emocli.inference.read_ahead import read_ahead
    from emocli.inference.streaming import answer

    predictor, decide = _predictor(request, reporter), _decide(request)
    began, n_texts = time.monotonic(), 0
    n_before = writer.rows_done if writer else 0
    records = _records(inputs, writer, predictor, decide)
    latency = request.max_latency if inputs.total_bytes is None else None
    windows = read_ahead(records, max_latency=latency)
    telling = _telling_what_is_left(request, inputs, writer, reporter)
    with telling, _progress(request, reporter) as bar:
        for answers in answer(predictor, windows, decide=decide, n_before=n_before):
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
    return n_before + n_texts


def _predictor(request: Request, reporter: Reporter) -> Predictor:
    return load_predictor(
        request.model,
        reporter,
        device=request.device,
        precision=request.precision,
        long=request.long,
        threshold=request.threshold,
        batch_tokens=request.batch_tokens,
    )


def _records(
    inputs: Inputs, writer: Writer | None, predictor: Predictor, decide: Decide | None
) -> Iterator[Record]:
    """The records that are to be answered.

    Raises:
        EmocliError: what is done already is of another input, model or option.
    """
    if writer is None or not writer.n_held:
        return inputs.records()
    from emocli.inference.continuation import check_continuation

    records = inputs.records(writer.rows_done, again=writer.n_held)
    check_continuation(writer, predictor, decide, list(islice(records, writer.n_held)))
    return records


@contextmanager
def _telling_what_is_left(
    request: Request, inputs: Inputs, writer: Writer | None, reporter: Reporter
) -> Iterator[None]:
    """Where the work breaks off, say that the rows so far are kept and how to go on."""
    try:
        yield
    except BaseException as error:
        if writer and writer.left:
            mended = "" if isinstance(error, KeyboardInterrupt) else "when the cause is mended, "
            instead = " instead of --summary" if request.summary else ""
            fed = " and the same input" if inputs.total_bytes is None else ""
            reporter.warn(
                f"{writer.left}: holds what is done; {mended}give the same command with --resume"
                f"{instead}{fed} to go on."
            )
        raise


def _open_writer(
    request: Request, inputs: Inputs, labels: Sequence[str], reporter: Reporter
) -> Writer:
    left = None if request.output is None else partial_path(request.output)
    was_left = left is not None and left.exists()
    writer = open_writer(
        request.output,
        request.row_format,
        labels=labels,
        carried=inputs.carried,
        resume=request.resume,
    )
    output = request.output
    if output and output.suffix and not (request.format or output_format(output)):
        reporter.say(f"{output}: '{output.suffix}' tells no format; it is written as jsonl")
    if was_left and writer.resumable and not request.resume:
        reporter.warn(f"{left}: is written anew; --resume would have gone on with it.")
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
