import sys

import pytest

from emocli.data import chinese
from emocli.data.chinese import segment_chinese
from emocli.errors import EmocliError


def test_chinese_text_is_cut_into_words():
    pytest.importorskip("jieba", reason="the extra zh is not installed")
    assert segment_chinese("我今天很高兴😂！") == ["我", "今天", "很", "高兴", "😂", "!"]


def test_users_and_numbers_are_placeholders_in_chinese_too():
    pytest.importorskip("jieba", reason="the extra zh is not installed")
    assert segment_chinese("@小明 谢谢 100 次") == ["<user>", "谢谢", "<number>", "次"]


def test_without_jieba_the_error_names_the_extra(monkeypatch):
    chinese._jieba.cache_clear()
    monkeypatch.setitem(sys.modules, "jieba", None)
    with pytest.raises(EmocliError) as error:
        segment_chinese("你好")
    assert str(error.value) == (
        "Chinese text is cut into words by jieba, which is not installed: pip install "
        "'emocli[zh]', or give words already separated by spaces (language 'segmented')."
    )
