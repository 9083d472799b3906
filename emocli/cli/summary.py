"""How often each emotion was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from emocli.cli.output import console, make_table, show_table, write_json

if TYPE_CHECKING:
    from emocli.cli.fitted_table import FittedTable
    from emocli.inference.streaming import Answer

_BAR_CELLS, _LEAST_BAR_CELLS = 20, 5  # of a share of 100%
_BEFORE_BARS = 3
_NOTHING = "(none)"


class Summary:
    """Counts the texts of each label, and those without any."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = tuple(labels)
        self._counts: Counter[str | None] = Counter()
        self._n_texts = 0

    def write(self, answers: Sequence[Answer]) -> None:
        """Count answers."""
        self._n_texts += len(answers)
        for answer in answers:
            self._counts.update(answer.labels or (None,))

    def rows(self) -> list[dict[str, Any]]:
        """The most frequent label first, at the end (label None) texts without a label.

        `share` is of all texts, in [0, 1]; texts may have several labels.
        """
        labels = sorted(self._labels, key=lambda label: -self._counts[label])
        return [
            {
                "label": label,
                "count": self._counts[label],
                "share": round(self._counts[label] / max(self._n_texts, 1), 6),
                "texts": self._n_texts,
            }
            for label in (*labels, None)
        ]

    def show(self, *, as_table: bool) -> None:
        """The rows on stdout: a table with bars, or JSONL."""
        if not as_table:
            for row in self.rows():
                write_json(row)
            return
        show_table(self._table())

    def _table(self) -> FittedTable:
        """The rows, with bars of the shares where there is room."""
        from rich.text import Text

        from emocli.cli.fitted_table import Column

        rows = self.rows()
        shown = [
            {
                "label": row["label"] or _NOTHING,
                "count": row["count"],
                "percent": f"{row['share']:6.1%}",
            }
            for row in rows
        ]
        table = make_table(shown, {"label": "emotion", "count": "texts", "percent": "share"})
        cells = min(_BAR_CELLS, console().width - table.width - _BEFORE_BARS)
        if cells >= _LEAST_BAR_CELLS:
            bars = [Text("█" * round(row["share"] * cells)) for row in rows]
            table.columns = [*table.columns, Column("", bars)]
        return table
