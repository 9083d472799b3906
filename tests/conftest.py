"""A home of its own for every test, small models that need no training, and the command line."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

# Before anything imports torch: tests run side by side, and small models gain nothing by threads.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# An encoder that is not there is not asked for on the hub, again and again.
os.environ["HF_HUB_OFFLINE"] = "1"
# A shell starts what it puts in the background with Ctrl-C ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

TINY = {
    "embedding_width": 8,
    "hidden_width": 4,
    "attention_width": 4,
    "head_width": 4,
    "output": "sigmoid",
}


@dataclass(frozen=True)
class Result:
    """How a command ended: its exit status, and what it wrote on stdout and stderr."""

    status: int
    output: str
    errors: str


class Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="session")
def gpu() -> Any:
    """The GPU that `--device auto` takes; tests that ask for it are skipped without one."""
    from emocli.inference.devices import choose_device

    device = choose_device()
    if device.type == "cpu":
        pytest.skip("this machine has no GPU")
    return device


@pytest.fixture
def tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that `~` stands for, on Windows too."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of the user's models, data sets and runs."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("EMOCLI_HOME", str(folder))
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(scope="session")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make the folder of a small seeded bilstm, never trained.

    Called with the folder's name, the labels, whether these exclude one another, and more options
    of the method.
    """

    def make(
        name: str, labels: tuple[str, ...], exclusive: bool = False, **options: object
    ) -> Path:
        import numpy as np
        import torch

        from emocli.modelling.labels import Labels
        from emocli.modelling.tokenizer import WordTokenizer
        from emocli.modelling.trained import Trained
        from emocli.models import save
        from emocli.plugins import registry

        method = registry().method("bilstm")
        chosen = {**TINY, **options}
        config = method.config_class().from_options(chosen)
        words = ("happy", "sad", "angry", "so", "today", "i", "am", "!", "😀")
        tokenizer = WordTokenizer([(word, -2.0) for word in (*words, *"abcdefghjklmnopqrstuvwxyz")])
        torch.manual_seed(7)
        model = method.model_class()(config, Labels(labels, exclusive), tokenizer)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(4)  # as they come, they make every text much the same
        about = {"config": chosen, "parameters": sum(p.numel() for p in model.parameters())}
        folder = tmp_path_factory.mktemp("models") / name
        save(Trained("bilstm", model, np.full(len(labels), 0.5), about), folder)
        return folder

    return make


@pytest.fixture(scope="session")
def tiny_model(make_model: Callable[..., Path]) -> Path:
    """The folder of a small model with the labels anger, joy and sadness."""
    return make_model("tiny", ("anger", "joy", "sadness"))


@pytest.fixture
def folder(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model, to be damaged."""
    return Path(shutil.copytree(tiny_model, tmp_path / "tiny"))


@pytest.fixture(scope="session")
def exclusive_model(make_model: Callable[..., Path]) -> Path:
    """The folder of a small model whose labels exclude one another: negative and positive."""
    return make_model("exclusive", ("negative", "positive"), exclusive=True)


@pytest.fixture
def refused() -> Callable[[type[Exception], str], AbstractContextManager[None]]:
    """Expect an error of exactly this kind, with exactly this text, inside the block."""

    @contextmanager
    def expecting(kind: type[Exception], text: str) -> Iterator[None]:
        with pytest.raises(kind) as caught:
            yield
        assert (type(caught.value), str(caught.value)) == (kind, text)

    return expecting


@pytest.fixture
def command_line(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command in this process.

    Called with the arguments; `stdin` is what it reads, `terminals` names the streams ("stdin",
    "stdout", "stderr") that are to be terminals, of so many columns. What makes text bold or dim is
    taken off the output.
    """

    def call(
        *arguments: str | Path,
        stdin: bytes = b"",
        terminals: tuple[str, ...] = (),
        columns: int = 60,
    ) -> Result:
        from emocli.cli import run

        streams = {}
        with monkeypatch.context() as patch:
            for name, content in (("stdin", stdin), ("stdout", b""), ("stderr", b"")):
                kind = Terminal if name in terminals else io.TextIOWrapper
                streams[name] = kind(io.BytesIO(content), encoding="utf-8")
                patch.setattr(sys, name, streams[name])
            patch.setenv("COLUMNS", str(columns))
            patch.setenv("TERM", "xterm")
            status = run([str(argument) for argument in arguments])
        return Result(status, _written(streams["stdout"]), _written(streams["stderr"]))

    return call


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    text = stream.buffer.getvalue().decode()  # type: ignore[attr-defined]
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.fixture
def predict(command_line: Callable[..., Result], tiny_model: Path) -> Callable[..., Result]:
    """`emocli predict --model <the tiny model>`, called with more arguments."""

    def call(*arguments: str | Path, **streams: Any) -> Result:
        return command_line("predict", "--model", tiny_model, *arguments, **streams)

    return call


@pytest.fixture
def tweets(tmp_path: Path) -> Path:
    """Four texts: words, none, an emoji only, and what a terminal must not obey."""
    path = tmp_path / "tweets.txt"
    path.write_bytes("so happy today\n\n😀\nI am [b]sad[/b] \x1b[31m\n".encode())
    return path


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small BERT with random weights, in the layout of the Hugging Face hub."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizer

    folder = tmp_path_factory.mktemp("encoders") / "tiny-bert"
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = ["so", "happy", "today", "i", "hate", "love", "this", "morning", "cry", "miss"]
    words += ["awful", "furious", "face", "tears", "of", "joy"]
    letters = "abcdefghijklmnopqrstuvwxyz"
    pieces = [*marks, *words, *letters, *(f"##{letter}" for letter in letters), ",", "!"]
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    BertTokenizer.from_pretrained(folder).save_pretrained(folder)
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_encoders(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of small encoders with random weights, by kind: bert, distilbert, roberta, xlnet."""
    import torch
    from transformers import AutoConfig, AutoModel, AutoTokenizer

    words = ["so", "happy", "today", "i", "hate", "love", "this", "morning", "cry", "miss"]
    tokenizers = {
        "distilbert": AutoTokenizer.from_pretrained(tiny_encoder),
        "roberta": _byte_pairs(words),
        "xlnet": _unigrams(words),
    }
    sizes: dict[str, dict[str, Any]] = {
        "distilbert": {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64},
        "roberta": {
            "hidden_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "intermediate_size": 64,
            "type_vocab_size": 1,
        },
        "xlnet": {"d_model": 32, "n_layer": 2, "n_head": 2, "d_inner": 64, "d_head": 16},
    }
    folders = {"bert": tiny_encoder}
    build: Any = AutoModel.from_config
    for kind, tokenizer in tokenizers.items():
        limit = {} if kind == "xlnet" else {"max_position_embeddings": 64}
        torch.manual_seed(3)
        config = AutoConfig.for_model(
            kind,
            vocab_size=max(tokenizer.get_vocab().values()) + 1,
            pad_token_id=tokenizer.pad_token_id,
            initializer_range=0.2,  # less, and attention hardly tells one piece from another
            **limit,
            **sizes[kind],
        )
        folders[kind] = tmp_path_factory.mktemp("encoders") / f"tiny-{kind}"
        build(config).save_pretrained(folders[kind])
        tokenizer.save_pretrained(folders[kind])
    return folders


def _byte_pairs(words: list[str]) -> Any:
    """RoBERTa's tokenizer over bytes and these words, each with the blank before it."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import RobertaTokenizer

    spelt = [f"Ġ{word}" for word in words]
    merges = [(word[:end], word[end]) for word in spelt for end in range(1, len(word))]
    pieces = dict.fromkeys(["<s>", "<pad>", "</s>", "<unk>", *sorted(ByteLevel.alphabet())])
    pieces.update(dict.fromkeys([*(first + last for first, last in merges), "<mask>"]))
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    return RobertaTokenizer(vocab=vocabulary, merges=list(dict.fromkeys(merges)))


def _unigrams(words: list[str]) -> Any:
    """XLNet's tokenizer over letters and these words."""
    from transformers import XLNetTokenizer

    marks = ["<unk>", "<s>", "</s>", "<cls>", "<sep>", "<pad>", "<mask>", "<eod>", "<eop>"]
    pieces = [(mark, 0.0) for mark in marks] + [(f"▁{word}", -2.0) for word in words]
    letters = [(letter, -5.0) for letter in "abcdefghijklmnopqrstuvwxyz,!"]
    return XLNetTokenizer(vocab=[*pieces, ("▁", -3.0), *letters])
