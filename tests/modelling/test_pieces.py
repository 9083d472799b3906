from itertools import product

import pytest

from emocli.modelling.pieces import ALPHABET, Pieces, groups_of, letter_groups

WORDS = {"happy": -4.0, "days": -5.0, "so": -5.0, "my": -5.5, "ab": -9.0, "ice": -8.0}
LETTERS = {"##" + letter: -9.0 for letter in ALPHABET}


def test_letter_groups_are_those_of_many_words():
    words = [first + "ing" for first in "bdkprstwzv"]
    groups = dict(letter_groups(words, ["é"]))
    assert groups["##ing"] == 0.0
    assert groups["##é"] == -2.3026  # one of ten words
    assert "##king" not in groups
    assert {"##" + letter for letter in ALPHABET} < groups.keys()


def test_groups_of_a_word_are_its_letters_and_neighbours():
    assert groups_of("abcde") == {
        *("##a", "##b", "##c", "##d", "##e", "##ab", "##bc", "##cd", "##de"),
        *("##abc", "##bcd", "##cde", "##abcd", "##bcde"),
    }


def test_a_compound_is_cut_into_its_words():
    pieces = Pieces(WORDS | LETTERS, stemming=False)
    assert pieces.cut("sohappymydays") == ["so", "happy", "my", "days"]


def test_a_rare_word_of_two_letters_takes_no_part():
    pieces = Pieces(WORDS | LETTERS, stemming=False)
    assert pieces.cut("abdays") == ["##a", "##b", "##d", "##a", "##y", "##s"]


def test_a_long_word_that_is_mostly_words_keeps_them():
    pieces = Pieces(WORDS | LETTERS, stemming=False)
    assert pieces.cut("happydaysx") == ["happy", "days", "##x"]


def test_the_fewest_letter_groups_are_taken():
    groups = {"##wor": -5.0, "##ry": -6.0, "##worr": -7.0, "##orry": -2.0, "##or": -1.0}
    pieces = Pieces(WORDS | LETTERS | groups, stemming=False)
    assert pieces.cut("worry") == slow_fewest("worry", groups | LETTERS)


def slow_fewest(word, groups):
    """Every way to cut the word, the one with the fewest pieces, then with the largest shares."""
    best = None
    for breaks in product((False, True), repeat=len(word) - 1):
        ends = [index + 1 for index, cut in enumerate(breaks) if cut]
        bounds = zip([0, *ends], [*ends, len(word)], strict=True)
        cut = ["##" + word[start:end] for start, end in bounds]
        if all(piece in groups for piece in cut):
            score = (len(cut), -sum(groups[piece] for piece in cut))
            best = min(best or (score, cut), (score, cut))
    return best[1]


def test_a_word_with_known_and_unknown_letters_keeps_the_known():
    assert Pieces(WORDS | LETTERS, stemming=False).cut("x漢") == ["##x"]


def test_a_marked_piece_is_never_taken_for_a_word():
    assert Pieces(WORDS | LETTERS, stemming=False).cut("##a") == ["##a"]


@pytest.mark.parametrize("word", ["-", "'", "--", "'s", "-a-", "", "'-'"])
def test_marks_alone_raise_nothing(word):
    assert all(piece in LETTERS for piece in Pieces(WORDS | LETTERS, stemming=True).cut(word))


def test_stems_are_compared_only_when_asked():
    known = {"disturbed": -6.0} | LETTERS
    assert Pieces(known, stemming=True).cut("disturbing") == ["disturbed"]
    assert Pieces(known, stemming=False).cut("disturbing") == [f"##{c}" for c in "disturbing"]
