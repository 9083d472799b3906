"""The DATN family: BiLSTMs with attention that learn emotions with the help of sentiment."""

from pathlib import Path

from emocli.hookspecs import hookimpl
from emocli.methods import BundledModel, Method

_SOURCE = (
    "Yu et al. 2018, Improving Multi-label Emotion Classification via Sentiment Classification "
    "with Dual Attention Transfer Network"
)
_METHODS = (
    ("bilstm", "attentive BiLSTM (Base)", "DatnConfig", "bilstm:BiLSTM"),
    ("ft", "sentiment first, then fine-tuning", "FineTuningConfig", "bilstm:FineTuning"),
    ("fs", "one BiLSTM shared by both tasks", "TransferConfig", "bilstm:FullyShared"),
    (
        "psp",
        "private, shared and private BiLSTMs",
        "TransferConfig",
        "private:PrivateSharedPrivate",
    ),
    (
        "apsp",
        "psp with an adversary on the shared BiLSTM",
        "AdversarialConfig",
        "private:AdversarialPrivateSharedPrivate",
    ),
    ("sp", "shared and target-specific BiLSTM", "TransferConfig", "private:SharedPrivate"),
    ("datn1", "dual attention, shared first (DATN-1)", "DualConfig", "dual:Datn1"),
    ("datn2", "dual attention, target-specific first (DATN-2)", "DualConfig", "dual:Datn2"),
)


@hookimpl
def emocli_methods() -> list[Method]:
    """The eight methods of the paper's table 3."""
    return [
        Method(
            name=name,
            summary=summary,
            source=_SOURCE,
            config=f"emocli_datn.config:{config}",
            model=f"emocli_datn.{place}",
            roles=() if name == "bilstm" else ("source",),
        )
        for name, summary, config, place in _METHODS
    ]


@hookimpl
def emocli_models() -> list[BundledModel]:
    """The trained ones that come with emocli: for tweets, and for other texts."""
    place = Path(__file__).parent / "models"
    return [BundledModel(name, place / name) for name in ("datn2", "datn2-goemotions")]
