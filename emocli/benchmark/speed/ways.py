"""The ways from a file of texts to a file of answers that are compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from emocli.data.inputs import Inputs
from emocli.data.output_rows import output_row
from emocli.data.writing import open_writer
from emocli.inference.prediction import Predictor
from emocli.inference.read_ahead import read_ahead
from emocli.inference.streaming import answer
from emocli.modelling.classifying_encoder import ClassifyingEncoder
from emocli.modelling.pretrained_tokenizer import PretrainedTokenizer
from emocli.modelling.trained import Trained

PIPELINE_BATCHES = (1, 32, 64)


@dataclass(frozen=True)
class Way:
    """One way to answer a file.

    Attributes:
        engine: `emocli` or `pipeline`.
        precision: `fp32`, `bf16`, `fp16` or `int8`.
        batch: how texts are batched, in words.
        run: reads the first file and writes the second.
        predictor: emocli's; None of the others.
    """

    engine: str
    precision: str
    batch: str
    run: Callable[[Path, Path], None]
    predictor: Predictor | None = None

    @property
    def name(self) -> str:
        """What tables call it."""
        return f"{self.engine}, {self.precision}, {self.batch}"


def emocli_way(trained: Trained, precision: str, dtype: torch.dtype, batch_tokens: int) -> Way:
    """As `emocli predict` answers a file, JSONL coming out."""
    predictor = Predictor(trained, precision=dtype, batch_tokens=batch_tokens)
    labels = trained.model.labels.names

    def run(source: Path, target: Path) -> None:
        windows = read_ahead(Inputs([source]).records(), max_latency=None)
        with open_writer(target, "jsonl", labels=labels) as writer:
            for answers in answer(predictor, windows):
                writer.write([output_row(a.record, a.id, a.labels, a.scores) for a in answers])

    return Way("emocli", precision, f"{batch_tokens:,} tokens", run, predictor)


def pipeline_ways(trained: Trained) -> list[Way]:
    """As `transformers.pipeline` answers it with the same encoder; [] where it cannot.

    The head is that of transformers' own class, of random weights: it costs the same, and its
    answers mean nothing. Texts are given as they are.
    """
    model = trained.model
    if not isinstance(model, ClassifyingEncoder) or getattr(model, "segment", None) is not None:
        return []
    answered = _pipeline(trained)

    def run_in(batch_size: int) -> Callable[[Path, Path], None]:
        def run(source: Path, target: Path) -> None:
            texts = [record.text for record in Inputs([source]).records()]
            with target.open("w", encoding="utf-8") as stream:
                found = answered(texts, batch_size=batch_size, truncation=True)
                for text, scores in zip(texts, found, strict=True):
                    row = {"text": text, "scores": {one["label"]: one["score"] for one in scores}}
                    stream.write(json.dumps(row) + "\n")

        return run

    return [Way("pipeline", "fp32", f"batch {n}", run_in(n)) for n in PIPELINE_BATCHES]


def _pipeline(trained: Trained) -> Any:
    """transformers.pipeline with the model's encoder and tokenizer, on the model's device."""
    from transformers import (
        AutoConfig,
        AutoModelForSequenceClassification,
        PreTrainedTokenizerFast,
        pipeline,
    )

    model: Any = trained.model
    tokenizer: PretrainedTokenizer = model.tokenizer
    settings = dict(tokenizer.encoder_config)
    names = dict(enumerate(model.labels.names))
    build: Any = AutoModelForSequenceClassification.from_config
    classifier = build(
        AutoConfig.for_model(settings.pop("model_type"), **settings, id2label=names)
    ).eval()
    classifier.base_model.load_state_dict(model.encoder.state_dict(), strict=False)
    pieces = tokenizer.pieces()
    wrap: Any = PreTrainedTokenizerFast
    words = wrap(
        tokenizer_object=pieces,
        pad_token=pieces.id_to_token(tokenizer.pad),
        model_max_length=tokenizer.max_length,
    )
    return pipeline(
        "text-classification",
        model=classifier,
        tokenizer=words,
        device=model.device,
        top_k=None,
        function_to_apply="softmax" if model.labels.exclusive else "sigmoid",
    )
