"""Pretrained sentence encoders: found by folder or name, and what they make of short phrases.

A name is a folder; else a folder of that name under `EMOCLI_ENCODERS`; else a name on the Hugging
Face hub, which transformers fetches and keeps (`HF_HOME`, `HF_HUB_OFFLINE`); that of a customary
encoder may do without its owner. Weights are read from
safetensors only, and no code that comes with them is run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor

from emocli.errors import EmocliError, nearest
from emocli.modelling.cached import digest, keep, recall
from emocli.modelling.encoder_kinds import KINDS
from emocli.paths import path_of
from emocli.reporting import SILENT, Reporter

FOLDER_VARIABLE = "EMOCLI_ENCODERS"
CUSTOMARY = (
    "bert-base-uncased",
    "bert-large-uncased",
    "distilbert-base-uncased",
    "roberta-base",
    "sentence-transformers/all-MiniLM-L6-v2",
    "xlnet-base-cased",
)
BATCH = 256
_CONFIG = "config.json"
_KEPT = "encoded words"
_BEGINNINGS = ("\u2581", "\u0120")


def find_encoder(name: str) -> str:
    """The folder that `name` stands for; without one, what the hub calls it."""
    here = path_of(name)
    if here.is_dir():
        return str(here)
    shared = os.environ.get(FOLDER_VARIABLE)
    if shared and (path_of(shared) / name).is_dir():
        return str(path_of(shared) / name)
    return next((known for known in CUSTOMARY if known.endswith(f"/{name}")), name)


def load_encoder(name: str) -> tuple[Any, Any]:
    """The encoder (float32, on the CPU, not training) and its tokenizer, both of transformers.

    The pooler, a layer upon the classification token's state, is there if it was trained.

    Raises:
        EmocliError: there is no such encoder, it is of another kind, or it cannot be read whole.
    """
    from transformers import AutoModel

    place = find_encoder(name)
    with reading(name, place):
        config, tokenizer = _described(place)
        model, found = AutoModel.from_pretrained(
            place,
            config=config,
            use_safetensors=True,
            dtype=torch.float32,
            trust_remote_code=False,
            ignore_mismatched_sizes=True,
            output_loading_info=True,
        )
    lacking = {*found["missing_keys"], *(key for key, *_ in found["mismatched_keys"])}
    of_pooler = {key for key in lacking if key.startswith("pooler.")}
    refuse_gaps(place, sorted(lacking - of_pooler))
    if of_pooler:
        drop_pooler(model)
    return model.eval(), tokenizer


def drop_pooler(encoder: Any) -> None:
    """Take the layer from an encoder that only its `pooler_output` goes through."""
    if getattr(encoder, "pooler", None) is not None:
        encoder.pooler = None


def load_encoder_tokenizer(name: str) -> tuple[dict[str, Any], Any]:
    """The encoder's configuration as plain JSON values, and its tokenizer, of transformers.

    Raises:
        EmocliError: there is no such encoder, it is of another kind, or it cannot be read.
    """
    place = find_encoder(name)
    with reading(name, place):
        config, tokenizer = _described(place)
        return json.loads(json.dumps(config.to_diff_dict(), default=str)), tokenizer


def encoder_words(name: str) -> list[str]:
    """The whole words among the encoder's pieces, in lower case, in the order of its vocabulary.

    Raises:
        EmocliError: there is no such encoder, or it cannot be read.
    """
    _, tokenizer = load_encoder_tokenizer(name)
    pieces = sorted(tokenizer.get_vocab().items(), key=lambda item: int(item[1]))
    names = [piece for piece, _ in pieces if piece not in tokenizer.all_special_tokens]
    # WordPiece marks what goes on a word; byte pairs and unigrams mark what begins one.
    names = [piece for piece in names if not piece.startswith("##")]
    for begin in _BEGINNINGS:
        if any(piece.startswith(begin) for piece in names):
            names = [piece for piece in names if piece.startswith(begin)]
            break
    # Byte pairs spell letters beyond ASCII by their bytes, which only the tokenizer undoes.
    whole = (tokenizer.convert_tokens_to_string([piece]).strip().lower() for piece in names)
    return list(dict.fromkeys(word for word in whole if word.isalpha()))


def encode_phrases(name: str, phrases: Sequence[str], reporter: Reporter = SILENT) -> Tensor:
    """(n_phrases, encoder width) float32: each phrase alone, its pieces' last states averaged.

    The marks that the encoder sets around a text do not count; a phrase of which the encoder knows
    no piece is 0. The answer is kept in the cache folder: the same weights are not asked twice.

    Raises:
        EmocliError: there is no such encoder, or it cannot be read.
    """
    model, tokenizer = load_encoder(name)
    weights = model.state_dict().values()
    name = digest(weights, tokenizer.backend_tokenizer.to_str(), list(phrases))
    vectors = recall(_KEPT, name)
    if vectors is None:
        vectors = _encode(model, tokenizer, phrases, reporter)
        keep(_KEPT, name, vectors, reporter)
    return vectors


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


def _described(place: str) -> tuple[Any, Any]:
    """The configuration and the tokenizer of an encoder, no code of its own being run."""
    from transformers import AutoConfig, AutoTokenizer
    from transformers.configuration_utils import PreTrainedConfig

    written, _ = PreTrainedConfig.get_config_dict(place)
    kind = dict(written).get("model_type")
    if kind is None:
        raise ValueError("there is no config.json with a model_type.")
    if kind not in KINDS:
        raise EmocliError(
            f"{place}: is a model of the kind '{kind}', expected an encoder of one of the kinds: "
            f"{', '.join(KINDS)}."
        )
    config = AutoConfig.from_pretrained(place, trust_remote_code=False)
    tokenizer = AutoTokenizer.from_pretrained(place, trust_remote_code=False)
    if len(tokenizer) <= len(tokenizer.all_special_ids):
        raise EmocliError(f"{place}: has no tokenizer; expected tokenizer.json beside config.json.")
    return config, tokenizer


def refuse_gaps(place: str, lacking: Sequence[str], part: str = "encoder") -> None:
    """Raise EmocliError where parameters would stay random."""
    if lacking:
        raise EmocliError(
            f"{place}: its weights do not fit its config.json (tensors missing or of another "
            f"shape: {len(lacking)}, first '{lacking[0]}'); get the {part} again."
        )


@contextmanager
def reading(name: str, place: str, part: str = "encoder") -> Iterator[None]:
    """Keep transformers quiet, and tell in words why an encoder, or another part, cannot be read.

    Raises:
        EmocliError: for whatever is raised inside; or no folder holds it and the hub is silent.
    """
    from transformers.utils import logging as untyped

    logging: Any = untyped
    verbosity, was_shown = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        if not Path(place).is_dir():
            _ask_hub(place)
        yield
    except EmocliError:
        raise
    except Exception as error:  # tokenizers raises bare ones for a file that it cannot read
        raise _not_there(name, place, error, part) from error
    finally:
        logging.set_verbosity(verbosity)
        if was_shown:
            logging.enable_progress_bar()


def _not_there(name: str, place: str, error: Exception, part: str) -> EmocliError:
    if isinstance(error, SafetensorError):
        return EmocliError(
            f"{place}: its weights are damaged ({_first_line(error)}); get the {part} again."
        )
    if Path(place).is_dir() or not isinstance(error, OSError):
        return EmocliError(
            f"{place}: is not a pretrained {part} that can be read; expected config.json, "
            f"model.safetensors and a tokenizer's files. transformers says: {_first_line(error)}"
        )
    from huggingface_hub import constants

    close = nearest(name, _known_names())
    guess = f"did you mean '{close}'? There" if close else "there"
    offline, unset = (" (HF_HUB_OFFLINE is set)", " and unset HF_HUB_OFFLINE")
    if not constants.HF_HUB_OFFLINE:
        offline = unset = ""
    return EmocliError(
        f"the {part} '{place}' is not at hand: {guess} is no folder of that name, none under "
        f"{FOLDER_VARIABLE}, and the Hugging Face hub did not give it{offline}. Give the path of a "
        f"folder that holds it, set {FOLDER_VARIABLE} to the folder above, or go online{unset} "
        "to have it downloaded."
    )


def _ask_hub(name: str) -> None:
    """Ask the hub once for what it has not given before; transformers asks for half a minute.

    Raises:
        OSError: it cannot be reached. What it says of the name is left to transformers.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url, try_to_load_from_cache
    from huggingface_hub.errors import HfHubHTTPError

    try:
        if not isinstance(try_to_load_from_cache(name, _CONFIG), str):
            get_hf_file_metadata(hf_hub_url(name, _CONFIG))
    except HfHubHTTPError:
        return
    except Exception as error:  # of its HTTP library, which is not the same in every version
        raise OSError(str(error)) from error


def _known_names() -> list[str]:
    """The encoders under `EMOCLI_ENCODERS`, and customary ones of the hub."""
    shared = os.environ.get(FOLDER_VARIABLE)
    folder = path_of(shared) if shared else None
    own = [path.name for path in folder.iterdir()] if folder and folder.is_dir() else []
    return [*(name.rpartition("/")[2] for name in CUSTOMARY), *CUSTOMARY, *own]


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
