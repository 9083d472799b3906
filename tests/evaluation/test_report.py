from __future__ import annotations

import csv
import io
import json

import numpy as np

from emocli.evaluation.report import as_csv, as_json, as_markdown, shown, tables
from emocli.evaluation.scores import score
from emocli.modelling.labels import Labels

GOLD = np.array([[1, 0], [1, 1]], dtype=bool)
PREDICTED = np.array([[1, 0], [1, 0]], dtype=bool)
PROBABILITIES = np.array([[0.9, 0.2], [0.8, 0.4]])
EMOTIONS = score(Labels(("anger", "joy")), GOLD, PREDICTED, PROBABILITIES, np.array([0.5, 0.25]))
WITHOUT_PROBABILITIES = score(Labels(("anger", "joy")), GOLD, PREDICTED)
ANSWERS = np.eye(2, dtype=bool)
SENTIMENT = score(Labels(("bad", "good"), exclusive=True), ANSWERS[[0, 0, 1]], ANSWERS[[0, 1, 1]])


def test_tables_hold_overall_scores_and_a_row_a_label():
    overall, labels = tables(EMOTIONS)
    assert (overall.title, overall.columns) == ("Scores", ("measure", "value"))
    assert overall.rows == (
        ("Jaccard", 0.75),
        ("micro precision", 1.0),
        ("micro recall", 2 / 3),
        ("micro F1", 0.8),
        ("macro precision", 0.5),
        ("macro recall", 0.5),
        ("macro F1", 0.5),
        ("exact match", 0.5),
        ("hamming loss", 0.25),
        ("average precision", 1.0),
        ("macro average precision", 1.0),
        ("one-error", 0.0),
        ("examples", 2),
    )
    assert labels.columns == (
        "label", "precision", "recall", "F1", "AP", "threshold", "support",
        "predicted",
    )  # fmt: skip
    assert labels.rows == (
        ("anger", 1.0, 1.0, 1.0, 1.0, 0.5, 2, 2),
        ("joy", 0.0, 0.0, 0.0, 1.0, 0.25, 1, 0),
    )


def test_what_was_not_measured_is_left_out():
    overall, labels = tables(WITHOUT_PROBABILITIES)
    assert "one-error" not in [row[0] for row in overall.rows]
    assert labels.columns == ("label", "precision", "recall", "F1", "support", "predicted")
    assert labels.rows[1] == ("joy", 0.0, 0.0, 0.0, 1, 0)


def test_exclusive_labels_have_a_table_of_confusions():
    overall, _, confusion = tables(SENTIMENT)
    assert overall.rows[0] == ("accuracy", 2 / 3)
    assert confusion.title == "Confusion (rows: gold, columns: predicted)"
    assert confusion.columns == ("gold", "bad", "good")
    assert confusion.rows == (("bad", 1, 1), ("good", 0, 1))


def test_fractions_are_shown_to_three_decimals_and_counts_whole():
    assert [shown(cell) for cell in ("joy", 0.12345, 1.0, 12)] == ["joy", "0.123", "1.000", "12"]


def test_json_holds_all_scores_unrounded():
    assert json.loads(as_json(SENTIMENT)) == SENTIMENT.as_dict()
    assert json.loads(as_json(EMOTIONS))["micro_recall"] == 2 / 3
    assert as_json(EMOTIONS).endswith("}\n")


def test_json_keeps_every_script_readable():
    scores = score(Labels(("怒", "joy")), GOLD, PREDICTED)
    assert '"label": "怒"' in as_json(scores)


def test_csv_has_one_row_a_number():
    assert as_csv(SENTIMENT) == (
        "label,measure,value\n"
        ",accuracy,0.6666666666666666\n"
        ",jaccard,0.6666666666666666\n"
        ",micro_precision,0.6666666666666666\n"
        ",micro_recall,0.6666666666666666\n"
        ",micro_f1,0.6666666666666666\n"
        ",macro_precision,0.75\n"
        ",macro_recall,0.75\n"
        ",macro_f1,0.6666666666666666\n"
        ",exact_match,0.6666666666666666\n"
        ",hamming_loss,0.3333333333333333\n"
        ",n_examples,3\n"
        "bad,precision,1.0\n"
        "bad,recall,0.5\n"
        "bad,f1,0.6666666666666666\n"
        "bad,support,2\n"
        "bad,predicted,1\n"
        "good,precision,0.5\n"
        "good,recall,1.0\n"
        "good,f1,0.6666666666666666\n"
        "good,support,1\n"
        "good,predicted,2\n"
        "bad,predicted as bad,1\n"
        "bad,predicted as good,1\n"
        "good,predicted as bad,0\n"
        "good,predicted as good,1\n"
    )


def test_a_label_with_a_comma_stays_one_cell_of_csv():
    text = as_csv(score(Labels(('fear, "awe"', "joy")), GOLD, PREDICTED))
    rows = list(csv.reader(io.StringIO(text)))
    assert ['fear, "awe"', "support", "2"] in rows
    assert {len(row) for row in rows} == {3}


def test_markdown_draws_every_table_under_its_title():
    assert as_markdown(SENTIMENT).split("\n### ") == [
        "### Scores\n\n"
        "| measure | value |\n"
        "| --- | ---: |\n"
        "| accuracy | 0.667 |\n"
        "| Jaccard | 0.667 |\n"
        "| micro precision | 0.667 |\n"
        "| micro recall | 0.667 |\n"
        "| micro F1 | 0.667 |\n"
        "| macro precision | 0.750 |\n"
        "| macro recall | 0.750 |\n"
        "| macro F1 | 0.667 |\n"
        "| exact match | 0.667 |\n"
        "| hamming loss | 0.333 |\n"
        "| examples | 3 |\n",
        "Labels\n\n"
        "| label | precision | recall | F1 | support | predicted |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: |\n"
        "| bad | 1.000 | 0.500 | 0.667 | 2 | 1 |\n"
        "| good | 0.500 | 1.000 | 0.667 | 1 | 2 |\n",
        "Confusion (rows: gold, columns: predicted)\n\n"
        "| gold | bad | good |\n"
        "| --- | ---: | ---: |\n"
        "| bad | 1 | 1 |\n"
        "| good | 0 | 1 |\n",
    ]


def test_a_label_cannot_break_a_markdown_table():
    scores = score(Labels(("fear|awe", "back\\slash\nline")), GOLD, PREDICTED)
    text = as_markdown(scores)
    assert "| fear\\|awe | 1.000 |" in text
    assert "| back\\\\slash line | 0.000 |" in text
