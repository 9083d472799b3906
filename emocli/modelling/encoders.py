"""Pretrained sentence encoders: found by folder or name, and what they make of short phrases.

A name is a folder; else a folder of that name under `EMOCLI_ENCODERS`; else a name on the Hugging
Face hub, which transformers fetches and keeps (`HF_HOME`, `HF_HUB_OFFLINE`). Weights are read from
safetensors only, and no code that comes with them is run.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from emocli.errors import EmocliError
from emocli.paths import cache_folder, whole_file
from emocli.reporting import SILENT, Reporter

FOLDER_VARIABLE = "EMOCLI_ENCODERS"
BATCH = 256
_BEGINNINGS = ("\u2581", "\u0120")


def find_encoder(name: str) -> str:
    """The folder that `name` stands for, or `name` itself where it must be one of the hub's."""
    here = Path(name).expanduser()
    if here.is_dir():
        return str(here)
    shared = os.environ.get(FOLDER_VARIABLE)
    if shared and (Path(shared).expanduser() / name).is_dir():
        return str(Path(shared).expanduser() / name)
    return name


def load_encoder(name: str) -> tuple[Any, Any]:
    """The encoder (float32, on the CPU, not training) and its tokenizer, both of transformers.

    Raises:
        EmocliError: there is no such encoder, or it cannot be read.
    """
    from transformers import AutoModel, AutoTokenizer

    place = find_encoder(name)
    try:
        with _no_progress_bar():
            tokenizer = AutoTokenizer.from_pretrained(place)
            model = AutoModel.from_pretrained(place, use_safetensors=True, dtype=torch.float32)
    except (OSError, ValueError) as error:
        raise _not_there(name, place, error) from error
    return model.eval(), tokenizer


def load_encoder_tokenizer(name: str) -> tuple[dict[str, Any], Any]:
    """The encoder's configuration as plain JSON values, and its tokenizer, of transformers.

    Raises:
        EmocliError: there is no such encoder, or it cannot be read.
    """
    from transformers import AutoConfig, AutoTokenizer

    place = find_encoder(name)
    try:
        config = AutoConfig.from_pretrained(place).to_diff_dict()
        return json.loads(json.dumps(config, default=str)), AutoTokenizer.from_pretrained(place)
    except (OSError, ValueError) as error:
        raise _not_there(name, place, error) from error


def encoder_words(name: str) -> list[str]:
    """The whole words among the encoder's pieces, in lower case, in the order of its vocabulary.

    Raises:
        EmocliError: there is no such encoder, or it cannot be read.
    """
    _, tokenizer = load_encoder_tokenizer(name)
    pieces = sorted(tokenizer.get_vocab().items(), key=lambda item: int(item[1]))
    names = [piece for piece, _ in pieces if piece not in tokenizer.all_special_tokens]
    # WordPiece marks what goes on a word; byte pairs and unigrams mark what begins one.
    for begin in _BEGINNINGS:
        if any(piece.startswith(begin) for piece in names):
            names = [piece.removeprefix(begin) for piece in names if piece.startswith(begin)]
            break
    whole = (piece.lower() for piece in names if not piece.startswith("##"))
    return list(dict.fromkeys(piece for piece in whole if piece.isalpha()))


def encode_phrases(name: str, phrases: Sequence[str], reporter: Reporter = SILENT) -> Tensor:
    """(n_phrases, encoder width) float32: each phrase alone, its pieces' last states averaged.

    The marks that the encoder sets around a text do not count; a phrase of which the encoder knows
    no piece is 0. The answer is kept in the cache folder: the same weights are not asked twice.

    Raises:
        EmocliError: there is no such encoder, or it cannot be read.
    """
    model, tokenizer = load_encoder(name)
    kept = cache_folder() / "encoded" / f"{_digest(model, tokenizer, phrases)}.safetensors"
    if kept.is_file():
        return load_file(kept)["vectors"]
    vectors = _encode(model, tokenizer, phrases, reporter)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(kept, "wb") as stream:
            stream.write(save({"vectors": vectors}))
    except (EmocliError, OSError) as error:
        reporter.warn(f"the encoded words are not kept for the next time: {error}")
    return vectors


def _digest(model: Any, tokenizer: Any, phrases: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for weights in model.state_dict().values():
        digest.update(weights.contiguous().numpy().data)
    digest.update(tokenizer.backend_tokenizer.to_str().encode())
    digest.update(json.dumps(list(phrases)).encode())
    return digest.hexdigest()


def _encode(model: Any, tokenizer: Any, phrases: Sequence[str], reporter: Reporter) -> Tensor:
    # Phrases of like length together: the padding is most of the work otherwise.
    order = sorted(range(len(phrases)), key=lambda index: (len(phrases[index]), phrases[index]))
    vectors = torch.zeros(len(phrases), int(model.config.hidden_size))
    with torch.inference_mode(), reporter.progress("encoding words", len(order), "words") as bar:
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            vectors[rows] = _means(model, tokenizer, [phrases[row] for row in rows])
            bar.advance(len(rows))
    return vectors


def _means(model: Any, tokenizer: Any, phrases: list[str]) -> Tensor:
    encoded = tokenizer(
        phrases,
        padding=True,
        truncation=True,
        max_length=64,
        return_tensors="pt",
        return_special_tokens_mask=True,
    )
    counted = (encoded.pop("special_tokens_mask") == 0) & (encoded["attention_mask"] == 1)
    states = model(**encoded).last_hidden_state  # (batch, length, width)
    weights = counted[:, :, None].float()
    means: Tensor = (states * weights).sum(1) / weights.sum(1).clamp(min=1)
    return means  # (batch, width)


@contextmanager
def _no_progress_bar() -> Iterator[None]:
    from transformers.utils import logging as untyped

    logging: Any = untyped
    was_shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if was_shown:
            logging.enable_progress_bar()


def _not_there(name: str, place: str, error: Exception) -> EmocliError:
    if Path(place).is_dir():
        return EmocliError(
            f"{place}: is not a pretrained encoder that can be read; expected config.json, "
            f"model.safetensors and a tokenizer's files. transformers says: {_first_line(error)}"
        )
    offline = " (HF_HUB_OFFLINE is set)" if os.environ.get("HF_HUB_OFFLINE") else ""
    return EmocliError(
        f"the encoder '{name}' is not at hand: there is no folder of that name, none under "
        f"{FOLDER_VARIABLE}, and the Hugging Face hub did not give it{offline}. Give the path of a "
        f"folder that holds it, set {FOLDER_VARIABLE} to the folder above, or go online and unset "
        "HF_HUB_OFFLINE to have it downloaded."
    )


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
