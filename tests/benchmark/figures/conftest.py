"""A table of rows without a training, to be drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emocli.benchmark.suite import Row, Suite
from emocli.benchmark.summaries import Summary, summarise


@pytest.fixture
def summary_of(make_suite: Callable[..., Suite]) -> Callable[..., Summary]:
    """The summary of these records, in a suite with these fields."""

    def make(*records: dict[str, Any], rows: tuple[Row, ...] = (), **fields: Any) -> Summary:
        (found,) = summarise(make_suite(*rows, **fields), records)
        return found

    return make
