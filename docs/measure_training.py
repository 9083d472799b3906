"""Measure an epoch of training: `python docs/measure_training.py ENCODER DATA [TEXTS]`.

For example `python docs/measure_training.py all-MiniLM-L6-v2 semeval2018-ec`, for an encoder of
method `bert` and all training texts. An epoch as emocli trains (texts of like length share a
batch, precision auto, fused Adam) is timed against one as a plain loop would do it,
with the encoder of transformers: fp32, batches as they come, each padded to its longest text, Adam
as torch builds it. Both learn from the same texts with the same options; they take turns, and the
least of `ROUNDS` epochs counts. Beside it stand the floating-point operations a second that the
products with weights and between states come to, and their share of this machine's matrix products.
"""

from __future__ import annotations

import copy
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

import torch
from torch import nn

from emocli import datasets
from emocli.benchmark.speed.work import matrix_peak, operations
from emocli.common_options import EncoderConfig
from emocli.data.labelled import read_labelled
from emocli.inference.devices import choose_device, choose_precision, keep_freed_memory
from emocli.modelling.batches import Item
from emocli.modelling.encoder_model import EncoderModel
from emocli.modelling.encoders import drop_pooler, load_encoder
from emocli.modelling.labels import Labels
from emocli.modelling.reader import Reader
from emocli.plugins import registry
from emocli.training.run import Run
from emocli.training.settings import Settings
from emocli.training.train import encode

ROUNDS = 3


@dataclass(frozen=True)
class Way:
    """A way to train for an epoch, and the precision of its products."""

    loop: str
    precision: torch.dtype

    @property
    def name(self) -> str:
        """What the table calls it."""
        return f"{self.loop}, {str(self.precision).removeprefix('torch.')}"


def prepare(encoder: str, data: str, n_texts: int | None) -> tuple[EncoderModel, list[Item]]:
    """A model upon the pretrained encoder, and what it learns from."""
    method = registry().method("bert")
    options = method.config_class().from_options({"encoder": encoder, "epochs": 1})
    config = cast(EncoderConfig, options)
    texts = read_labelled(f"{data}:train", role="train", datasets=datasets.known())
    labels = Labels(texts.labels, texts.exclusive)
    model_class = cast("type[EncoderModel]", method.model_class())
    model = model_class(config, labels, model_class.make_tokenizer(config, ()))
    model.prepare()
    model.to(choose_device())
    return model, encode(texts, labels, Reader(model.tokenizer))[:n_texts]


def with_transformers(model: EncoderModel) -> EncoderModel:
    """A model like it whose encoder is that of transformers."""
    plain = copy.deepcopy(model)
    plain.encoder, _ = load_encoder(model.config.encoder)
    drop_pooler(plain.encoder)
    return plain.to(model.device)


def emocli_epoch(model: EncoderModel, items: Sequence[Item], precision: torch.dtype) -> None:
    """One epoch by the training loop."""
    settings = Settings(device=model.device, precision=precision)
    run = Run(model, {"target": items}, (), settings)
    run.minimise(model.loss, items, parameters=model.groups(), keep_best=False)


def plain_epoch(model: EncoderModel, items: Sequence[Item]) -> None:
    """One epoch by a loop as it is first written."""
    config = model.config
    optimizer = torch.optim.AdamW(model.groups(), weight_decay=config.weight_decay)
    model.train()
    order = torch.randperm(len(items)).tolist()
    for start in range(0, len(order), config.batch_size):
        loss = model.loss([items[row] for row in order[start : start + config.batch_size]])
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(model.parameters(), config.clip_norm)
        optimizer.step()
        optimizer.zero_grad()


def seconds(epoch: Callable[[], None]) -> float:
    """How long an epoch takes, by the clock."""
    began = time.perf_counter()
    epoch()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - began


def table(
    title: str, items: Sequence[Item], model: EncoderModel, least: Mapping[Way, float]
) -> list[str]:
    """Lines of Markdown: each way's seconds, and what it makes of the matrix products' peak."""
    # The gradients of weights and of states take a product each, as large as the forward one.
    n_operations = 3 * operations(model.eval(), items)
    lines = [f"| {title} | seconds an epoch | texts a second | GFLOP/s | of the peak |"]
    lines.append("|---|---:|---:|---:|---:|")
    for way, found in least.items():
        rate = n_operations / found
        share = rate / matrix_peak(way.precision, model.device)
        columns = (way.name, f"{found:.1f}", f"{len(items) / found:.0f}", f"{rate / 1e9:.0f}")
        lines.append(f"| {' | '.join(columns)} | {share:.2f} |")
    return lines


def main() -> None:
    """Print the table, Markdown."""
    if len(sys.argv) not in (3, 4):
        sys.exit(f"usage: {sys.argv[0]} ENCODER DATA [TEXTS]")
    encoder, data = sys.argv[1:3]
    n_texts = int(sys.argv[3]) if len(sys.argv) == 4 else None
    keep_freed_memory()
    model, items = prepare(encoder, data, n_texts)
    plain = with_transformers(model)
    precision = choose_precision("auto", model.device, bf16_on_cpu=model.config.quick_in_bf16)
    ways: dict[Way, Callable[[Sequence[Item]], None]] = {
        Way("emocli", precision): lambda texts: emocli_epoch(model, texts, precision),
        Way("plain loop", torch.float32): lambda texts: plain_epoch(plain, texts),
    }
    for epoch in ways.values():
        epoch(items[:64])
    times: dict[Way, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, epoch in ways.items():
            times[way].append(seconds(partial(epoch, items)))
    least = {way: min(found) for way, found in times.items()}
    first, second = least.values()
    lines = table(f"{encoder}, {len(items):,} texts of {data}", items, model, least)
    lines += ["", f"The first is {second / first:.1f} times as quick."]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
