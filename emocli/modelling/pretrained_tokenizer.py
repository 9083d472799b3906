"""The tokenizer of a pretrained encoder, read by the tokenizers library alone.

It carries the encoder's configuration along, so that a model folder rebuilds the architecture
without the encoder's own folder.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Any

from tokenizers import Encoding
from tokenizers import Tokenizer as Pieces

from emocli.data.tweets import tokenize_tweet
from emocli.errors import DataError, EmocliError
from emocli.modelling.embeddings import spoken
from emocli.modelling.encoder_kinds import longest_text
from emocli.modelling.encoders import load_encoder_tokenizer
from emocli.modelling.tokenizer import FILE, FORMAT, Tokenizer
from emocli.paths import whole_file

_PIECES = "pieces.json"
_CHARACTERS = 16  # more than most pieces have


class PretrainedTokenizer(Tokenizer):
    """Pieces of words, between the marks that the encoder expects around a text.

    Attributes:
        encoder_config: the encoder's configuration, as transformers writes it.
        tweets: texts are read as tweets first, in lower case: users, links and numbers become
            words, and so do emoji, which most encoders do not know.
    """

    def __init__(
        self,
        pieces: Pieces,
        pad: int,
        encoder_config: dict[str, Any],
        *,
        tweets: bool,
        max_length: int,
    ) -> None:
        """Wrap the pieces; see the attributes."""
        self._pieces = pieces
        self._pieces.no_padding()
        self._pieces.encode_special_tokens = True  # a text that spells [CLS] holds none
        self.pad = pad
        self.encoder_config = encoder_config
        self.tweets = tweets
        self.max_length = max_length
        self.shortest = self._pieces.num_special_tokens_to_add(is_pair=False) + 1

    @classmethod
    def of_encoder(cls, name: str, *, tweets: bool, max_length: int) -> PretrainedTokenizer:
        """The tokenizer of the encoder called `name` (`encoders.py`).

        Raises:
            EmocliError: there is no such encoder, or it has no fast tokenizer.
        """
        config, tokenizer = load_encoder_tokenizer(name)
        if not getattr(tokenizer, "is_fast", False):
            raise EmocliError(
                f"the encoder '{name}' has no fast tokenizer (tokenizer.json); choose another one."
            )
        longest = min(max_length, longest_text(config) or max_length)
        pieces = Pieces.from_str(tokenizer.backend_tokenizer.to_str())
        return cls(
            pieces, int(tokenizer.pad_token_id or 0), config, tweets=tweets, max_length=longest
        )

    def windows(
        self, text: str, max_length: int | None = None, *, most: int | None = None
    ) -> list[list[int]]:
        """The ids of a text, with the marks around each window."""
        if self.tweets:
            text = " ".join(spoken(token) for token in tokenize_tweet(text))
        readable = text.encode("utf-8", "replace").decode("utf-8")
        longest = self.max_length if max_length is None else max_length
        self._pieces.enable_truncation(longest)
        if most is not None:
            # A very long text takes a hundred times its size while it is cut into pieces.
            end = readable.find(" ", _CHARACTERS * longest * most)
            found = self._windows(readable[:end]) if end >= 0 else []
            if len(found) > most:
                return found[: most + 1]
        return self._windows(readable)

    def _windows(self, text: str) -> list[list[int]]:
        first = self._pieces.encode(text)
        return [list(part.ids) for part in (first, *first.overflowing)]

    def laid_out(self, text: str, second: str | None = None) -> Encoding:
        """A text, or two as a pair, as the encoder expects them; as they are, and whole."""
        self._pieces.no_truncation()
        return self._pieces.encode(text, second)

    def shortened(self, longest: int) -> PretrainedTokenizer:
        """The same, of texts of at most `longest` pieces."""
        shorter = copy(self)
        shorter.max_length = min(longest, self.max_length)
        return shorter

    def pieces(self) -> Pieces:
        """A copy of the encoder's own tokenizer, which pads and cuts nothing."""
        self._pieces.no_truncation()
        return Pieces.from_str(self._pieces.to_str())

    def reads_like(self, other: PretrainedTokenizer) -> bool:
        """Whether texts become the same ids, for the same encoder."""
        self._pieces.no_truncation()
        other._pieces.no_truncation()
        return self._settings() == other._settings() and (
            self._pieces.to_str() == other._pieces.to_str()
        )

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """The piece of each id."""
        return [self._pieces.id_to_token(index) or "" for index in ids]

    def text(self, ids: Sequence[int]) -> str:
        """The text that pieces spell, without the marks; what they do not tell is lost."""
        return str(self._pieces.decode(list(ids), skip_special_tokens=True))

    def __len__(self) -> int:
        return int(self._pieces.get_vocab_size())

    def save(self, folder: Path) -> None:
        """Write `tokenizer.json` and the pieces into the folder."""
        self._pieces.no_truncation()
        self._pieces.save(str(folder / _PIECES))
        with whole_file(folder / FILE) as stream:
            json.dump(self._settings(), stream, ensure_ascii=False, indent=1)
            stream.write("\n")

    def _settings(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "kind": "pretrained",
            "pad": self.pad,
            "tweets": self.tweets,
            "max_length": self.max_length,
            "encoder": self.encoder_config,
        }

    @classmethod
    def load(cls, folder: Path, settings: dict[str, Any]) -> PretrainedTokenizer:
        """The tokenizer that `save` wrote.

        Raises:
            DataError: the file of its pieces is missing or damaged.
        """
        path = folder / _PIECES
        try:
            pieces = Pieces.from_file(str(path))
        except Exception as error:  # tokenizers raises bare ones
            raise DataError(path, None, f"is missing or damaged: {error}") from error
        return cls(
            pieces,
            int(settings["pad"]),
            settings["encoder"],
            tweets=bool(settings["tweets"]),
            max_length=int(settings["max_length"]),
        )
