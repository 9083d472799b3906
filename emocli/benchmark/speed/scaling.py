"""Texts a second against the work: the number of lines of a file, the length of its texts."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from emocli.benchmark.speed.made_texts import MadeText, TextMaker, UnmadeError
from emocli.benchmark.speed.ways import Way
from emocli.reporting import SILENT, Reporter

N_TEXTS = 512
"""How many texts of a given length are answered."""
N_WARM = 64
"""How many texts a way answers first, which does not count."""

Kind = Literal["lines", "pieces"]


@dataclass(frozen=True)
class Work:
    """A file of `number` lines, or of `N_TEXTS` texts of about `number` pieces each."""

    kind: Kind
    number: int

    @property
    def name(self) -> str:
        """What tables call it."""
        return f"{self.number:,} {self.kind if self.number > 1 else self.kind[:-1]}"

    @property
    def n_texts(self) -> int:
        """How many texts it is."""
        return self.number if self.kind == "lines" else N_TEXTS


@dataclass(frozen=True)
class Rate:
    """How quickly a way did a work.

    Attributes:
        n_pieces: that the model read of a text, the mean; marks included.
        seconds: from the opened input to the closed output.
    """

    way: str
    work: Work
    n_texts: int
    n_pieces: float
    seconds: float
    texts_per_second: float


@dataclass(frozen=True)
class Scaling:
    """The rates of each way, a work after the other; and which works were left out, and why."""

    rates: Sequence[Rate]
    left_out: Sequence[str] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"rates": [asdict(rate) for rate in self.rates], "left_out": list(self.left_out)}


def works(lines: Iterable[int] = (), pieces: Iterable[int] = ()) -> list[Work]:
    """Files of so many lines, and of texts of so many pieces."""
    return [*(Work("lines", n) for n in lines), *(Work("pieces", n) for n in pieces)]


def measure_scaling(
    ways: Sequence[Way], texts: Sequence[str], asked: Sequence[Work], reporter: Reporter = SILENT
) -> Scaling:
    """Let emocli's ways, at least one, do each work once, with texts made of the given ones."""
    own = [way for way in ways if way.predictor is not None]
    assert own[0].predictor is not None
    maker = TextMaker(texts, own[0].predictor.reader.tokenizer)
    rates: list[Rate] = []
    left_out: list[str] = []
    total = len(own) * sum(work.n_texts for work in asked)
    with (
        tempfile.TemporaryDirectory() as folder,
        reporter.progress("cost against work", total, "texts") as bar,
    ):
        for work in asked:
            try:
                files = _Files.write(work, maker, Path(folder))
            except UnmadeError as error:
                left_out.append(f"{work.name}: {error}")
                bar.advance(len(own) * work.n_texts)
                continue
            for way in own:
                rates.append(_rate(way, work, files))
                bar.advance(work.n_texts)
    return Scaling(rates, left_out)


@dataclass(frozen=True)
class _Files:
    """What is answered, and before it, where the answers go, and how long a text is."""

    source: Path
    warm: Path
    target: Path
    n_pieces: float

    @classmethod
    def write(cls, work: Work, maker: TextMaker, folder: Path) -> _Files:
        """Make the texts of a work, in place of another's.

        Raises:
            UnmadeError: the given texts hold too little, or the model reads less of a text.
        """
        source, warm, target = (folder / f"{name}.jsonl" for name in ("texts", "warm", "answers"))
        made = maker.lines() if work.kind == "lines" else maker.of_pieces(work.number)
        n_pieces = _write(islice(made, work.n_texts), source)
        with source.open(encoding="utf-8") as texts, warm.open("w", encoding="utf-8") as first:
            first.writelines(islice(texts, N_WARM))
        return cls(source, warm, target, n_pieces / work.n_texts)


def _write(texts: Iterable[MadeText], path: Path) -> int:
    """A line for each, whatever characters it holds; how many pieces they are."""
    n_pieces = 0
    with path.open("w", encoding="utf-8") as stream:
        for made in texts:
            stream.write(json.dumps(made.text) + "\n")
            n_pieces += made.n_pieces
    return n_pieces


def _rate(way: Way, work: Work, files: _Files) -> Rate:
    way.run(files.warm, files.target)
    began = time.perf_counter()
    way.run(files.source, files.target)
    seconds = time.perf_counter() - began
    return Rate(way.name, work, work.n_texts, files.n_pieces, seconds, work.n_texts / seconds)
