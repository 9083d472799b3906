"""A paraphrase as a candidate, by T5 or another sequence-to-sequence model.

Sources: the paper fine-grained, section 3.4.2; Raffel et al. 2020, Exploring the Limits of Transfer
Learning with a Unified Text-to-Text Transformer. Decoding is deterministic, so that a text has one
answer.
"""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from tokenizers import Tokenizer as Pieces
from torch import Tensor, nn
from transformers import AutoConfig, AutoModelForSeq2SeqLM, AutoTokenizer, GenerationConfig

from emocli.errors import EmocliError, UsageError
from emocli.modelling.batches import Batch, Item, collate
from emocli.modelling.encoder_model import EncoderModel
from emocli.modelling.encoders import find_encoder, reading, refuse_gaps
from emocli_mixing.candidates import Candidates
from emocli_mixing.config import MixingConfig

if TYPE_CHECKING:
    from emocli.training.run import Run

LONGEST = 512
"""Most pieces that a paraphraser reads of a text, as T5's."""

_PART = "paraphraser"
_DESCRIPTION = "description"
_WEIGHTS = "weights."
_MARKS = (
    "decoder_start_token_id",
    "bos_token_id",
    "eos_token_id",
    "pad_token_id",
    "forced_bos_token_id",
    "forced_eos_token_id",
)


class Paraphraser(nn.Module, Candidates):
    """A sequence-to-sequence model that says a text in other words.

    Attributes:
        generator: the model of transformers; it is there once it is prepared or taken.
    """

    generator: Any

    def __init__(self, config: MixingConfig) -> None:
        """Begin without a model.

        Raises:
            UsageError: the options name none.
        """
        super().__init__()
        if not config.paraphraser:
            raise UsageError(
                "option 'candidates' is 'paraphrase', which needs a sequence-to-sequence model: "
                "add -o paraphraser=MODEL, a folder or a name on the Hugging Face hub."
            )
        self.config = config
        self._description: dict[str, Any] = {}

    def prepare(self) -> None:
        """Load the model that the options name.

        Raises:
            EmocliError: there is no such model, or it cannot be read.
        """
        description, pretrained = load_paraphraser(self.config.paraphraser)
        self._build(description)
        self._load(_weights(pretrained))

    def keep(self, base: EncoderModel, run: Run) -> None:
        """Nothing: a paraphrase is written anew for every text."""

    def find(self, base: EncoderModel, batch: Batch, *, dev: bool = False) -> list[Sequence[int]]:
        """The paraphrase of each text, which is read as its pieces spell it."""
        found: list[Sequence[int]] = list(batch.rows())
        texts = {row: base.tokenizer.text(ids).strip() for row, ids in enumerate(found)}
        rows = [row for row, text in texts.items() if text]
        written = self.paraphrase([texts[row] for row in rows]) if rows else []
        for row, text in zip(rows, written, strict=True):
            if text:
                found[row] = base.tokenizer.encode(text)
        return found

    def paraphrase(self, texts: Sequence[str]) -> list[str]:
        """Each text in other words; empty where the model says nothing."""
        asked = [f"{self.config.prefix} {text}".strip() for text in texts]
        ids = [encoding.ids for encoding in self._pieces.encode_batch(asked)]
        batch = collate([Item(row) for row in ids], self._settings.pad_token_id)
        batch = batch.to(self.generator.device)
        with torch.no_grad():
            written = self.generator.generate(
                input_ids=batch.ids,
                attention_mask=batch.mask.long(),
                generation_config=self._settings,
            )
        return [text.strip() for text in self._pieces.decode_batch(written.tolist())]

    def kept(self) -> dict[str, Tensor]:
        """The weights, each once, and what else rebuilds the model, as the bytes of JSON."""
        text = json.dumps(self._description).encode()
        kept = {_DESCRIPTION: torch.frombuffer(bytearray(text), dtype=torch.uint8)}
        return kept | {_WEIGHTS + name: value for name, value in _weights(self.generator).items()}

    def take(self, kept: Mapping[str, Tensor]) -> None:
        """Take what `kept` gave; RuntimeError where it does not fit."""
        if _DESCRIPTION not in kept:
            raise RuntimeError("the description of the paraphraser is not there")
        self._build(json.loads(kept[_DESCRIPTION].numpy().tobytes()))
        weights = {name.removeprefix(_WEIGHTS): value for name, value in kept.items()}
        del weights[_DESCRIPTION]
        self._load(weights)

    def notes(self) -> str:
        """Whose weights are inside."""
        return (
            f"This folder holds the paraphraser `{self.config.paraphraser}`: its licence holds for "
            "the folder too."
        )

    def _build(self, description: dict[str, Any]) -> None:
        """The architecture with random weights, and its tokenizer."""
        self._description = description
        settings = dict(description["config"])
        kind = settings.pop("model_type")
        build: Any = AutoModelForSeq2SeqLM.from_config
        self.generator = build(AutoConfig.for_model(kind, **settings)).eval()
        self._pieces = Pieces.from_str(description["tokenizer"])
        self._pieces.no_padding()
        self._pieces.encode_special_tokens = True  # a text that spells a mark holds none
        self._pieces.enable_truncation(LONGEST)
        settle: Any = GenerationConfig
        self._settings = settle(
            **description["marks"],
            do_sample=False,
            num_beams=self.config.beams,
            max_new_tokens=self.config.paraphrase_length,
        )

    def _load(self, weights: Mapping[str, Tensor]) -> None:
        """Take what `_weights` gave of the pretrained model; RuntimeError where it does not fit."""
        _untie(self.generator, weights)
        if weights.keys() != _weights(self.generator).keys():
            raise RuntimeError("the weights of the paraphraser are not those of its description")
        self.generator.load_state_dict(weights, strict=False)  # tied ones are there once


def load_paraphraser(name: str) -> tuple[dict[str, Any], Any]:
    """What rebuilds a sequence-to-sequence model, plain JSON values, and the model (`encoders.py`).

    Raises:
        EmocliError: there is no such model, or it cannot be read.
    """
    place = find_encoder(name)
    with reading(name, place, _PART):
        config = AutoConfig.from_pretrained(place, trust_remote_code=False)
        if not config.is_encoder_decoder:
            raise EmocliError(
                f"{place}: is a model of the kind '{config.model_type}', expected a "
                "sequence-to-sequence model such as t5."
            )
        tokenizer: Any = AutoTokenizer.from_pretrained(place, trust_remote_code=False)
        build: Any = AutoModelForSeq2SeqLM.from_pretrained
        model, found = build(
            place,
            config=config,
            use_safetensors=True,
            dtype=torch.float32,
            trust_remote_code=False,
            output_loading_info=True,
        )
    refuse_gaps(place, sorted(found["missing_keys"]), _PART)
    if not getattr(tokenizer, "is_fast", False):
        raise EmocliError(
            f"the {_PART} '{name}' has no fast tokenizer (tokenizer.json); choose another one."
        )
    marks = {mark: getattr(model.generation_config, mark, None) for mark in _MARKS}
    return {
        "config": json.loads(json.dumps(config.to_diff_dict(), default=str)),
        "marks": {"pad_token_id": int(tokenizer.pad_token_id or 0), **_known(marks)},
        "tokenizer": tokenizer.backend_tokenizer.to_str(),
    }, model


def _weights(generator: nn.Module) -> dict[str, Tensor]:
    """The parameters and buffers of a model, those that share memory once."""
    own = {name for name, _ in (*generator.named_parameters(), *generator.named_buffers())}
    return {name: value for name, value in generator.state_dict().items() if name in own}


def _untie(generator: nn.Module, names: Container[str]) -> None:
    """Give each of these parameters memory of its own.

    A configuration ties embeddings that its weights may hold apart, as those of Flan-T5 do.
    """
    taken: set[int] = set()
    for name, parameter in list(generator.named_parameters(remove_duplicate=False)):
        if name in names and parameter.data_ptr() in taken:
            layer, _, own = name.rpartition(".")
            setattr(generator.get_submodule(layer), own, nn.Parameter(parameter.detach().clone()))
        elif name in names:
            taken.add(parameter.data_ptr())


def _known(marks: Mapping[str, Any]) -> dict[str, Any]:
    return {name: index for name, index in marks.items() if index is not None}
