from __future__ import annotations

import subprocess
import sys

from emocli.evaluation.metric_names import METRIC_NAMES
from emocli.evaluation.metrics import METRICS


def test_the_names_are_those_of_the_metrics() -> None:
    assert tuple(METRICS) == METRIC_NAMES


def test_the_names_load_no_numpy() -> None:
    probe = "import sys, emocli.evaluation.metric_names; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0
