"""emocli: recognise emotions in text.

What other programs may use of it; each name is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emocli.errors import EmocliError, UsageError
    from emocli.inference.prediction import Predictor
    from emocli.models import load
    from emocli.testing import check_method

__version__ = "0.1.0"
__all__ = ["EmocliError", "Predictor", "UsageError", "check_method", "load"]
_MODULES = {
    "EmocliError": "emocli.errors",
    "Predictor": "emocli.inference.prediction",
    "UsageError": "emocli.errors",
    "check_method": "emocli.testing",
    "load": "emocli.models",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'emocli' has no attribute '{name}'")
    return getattr(import_module(_MODULES[name]), name)
