"""How often each emotion was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from emocli.cli.output import make_table, show_table, write_json

if TYPE_CHECKING:
    from emocli.inference.streaming import Answer

_BAR_CELLS = 20
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
        shown = [
            {
                "label": row["label"] or _NOTHING,
                "count": row["count"],
                "percent": f"{row['share']:6.1%}",
                "bar": "█" * round(row["share"] * _BAR_CELLS),
            }
            for row in self.rows()
        ]
        headings = {"label": "emotion", "count": "texts", "percent": "share", "bar": ""}
        show_table(make_table(shown, headings))
