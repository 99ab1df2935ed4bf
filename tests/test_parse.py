"""Tokens of the real model: offsets, and that a document is read the same whatever stands beside it."""

from __future__ import annotations

import pyarrow as pa

from conftest import SEEDS, tables_of_text
from kcpipe.clean import clean
from kcpipe.lexicon import load
from kcpipe.parse import parse
from kcpipe.pipeline import STAGES, language_model
from kcpipe.read import read
from kcpipe.split import split
from kcpipe.tables import TABLES, build


def tokens_of(*names: str) -> tuple[pa.Table, pa.Table]:
    """clean_documents and tokens of some seeds read in one batch."""
    rows = [{"source_uri": name, "source_name": name, "raw": (SEEDS / name).read_bytes()} for name in names]
    [stage] = [stage for stage in STAGES if stage.name == "clean"]
    raw_documents = read(inputs=build(TABLES["inputs"], rows)).raw_documents
    cleaned = clean(raw_documents=raw_documents, lexicons={name: load(name) for name in stage.lexicons})
    sentences = split(clean_documents=cleaned.clean_documents, lines=cleaned.lines).sentences
    made = parse(clean_documents=cleaned.clean_documents, sentences=sentences, model=language_model())
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


def test_a_sentence_full_of_names_is_no_headline() -> None:
    text = "The Sender Is the Deputy Ambassador of the Cuban Permanent Mission to the United Nations."
    tags = {row["text"]: row["tag"] for row in tables_of_text(f"Notes\n\n{text}\n")["tokens"].to_pylist()}
    assert (tags["Permanent"], tags["Mission"]) == ("NNP", "NNP")
