"""Chinese text to words, with jieba (the extra `zh`)."""

from __future__ import annotations

import logging
import warnings
from functools import cache

from emocli.data.tweets import Split, split_special, tokens_of
from emocli.errors import EmocliError


def segment_chinese(text: str) -> list[str]:
    """The words of a Chinese text; users, addresses, numbers and emoji as in tweets.

    Raises:
        EmocliError: jieba is not installed.
    """
    split = _jieba()
    return tokens_of(text, lambda word: split_special(word, split))


@cache
def _jieba() -> Split:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import jieba
    except ImportError as error:
        raise EmocliError(
            "Chinese text is cut into words by jieba, which is not installed: "
            "pip install 'emocli[zh]', or give words already separated by spaces "
            "(language 'segmented')."
        ) from error
    jieba.setLogLevel(logging.WARNING)
    return lambda text: [word for word in jieba.lcut(text) if not word.isspace()]
