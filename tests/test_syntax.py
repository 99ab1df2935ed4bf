"""The parse as documents, sentences and trees, on two of the seeds."""

from __future__ import annotations

import random
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from articles import Article, Tables, tables_of
from conftest import SEEDS
from kcpipe.syntax import Document, Sentence, Token, documents

NEEDS = ("clean_documents", "sentences", "tokens")


@pytest.fixture(scope="module")
def tables() -> Tables:
    made = tables_of({path.name: Article(path.read_text()) for path in sorted(SEEDS.glob("00[23]*.txt"))})
    assert made["clean_documents"].num_rows == 2
    return {name: made[name] for name in NEEDS}


@pytest.fixture(scope="module")
def read(tables: Tables) -> list[Document]:
    return list(documents(**tables))


@pytest.fixture(scope="module")
def sentences(read: list[Document]) -> list[Sentence]:
    return [sentence for document in read for sentence in document.sentences]


def shuffled(table: pa.Table) -> pa.Table:
    return table.take(random.Random(1).sample(range(table.num_rows), table.num_rows))


def test_every_row_is_read_and_is_in_its_place(tables: Tables, read: list[Document], sentences: list[Sentence]) -> None:
    assert len(sentences) == tables["sentences"].num_rows
    assert sum(len(sentence.tokens) for sentence in sentences) == tables["tokens"].num_rows
    for document in read:
        assert [sentence.number for sentence in document.sentences] == [*range(1, len(document.sentences) + 1)]
        for sentence in document.sentences:
            assert sentence.document_id == document.document_id
            assert sentence.text == document.text[sentence.start : sentence.end]
            assert [token.number for token in sentence.tokens] == [*range(len(sentence.tokens))]
            assert all(document.text[token.start : token.end] == token.text for token in sentence.tokens)
    rows = {
        (row["document_id"], row["sentence_number"], row["token_number"]): row for row in tables["tokens"].to_pylist()
    }
    for sentence in sentences:
        for token in sentence.tokens:
            row = rows[sentence.document_id, sentence.number, token.number]
            same = ("text", "lemma", "part_of_speech", "tag", "dependency", "head", "entity_label", "entity_begins")
            assert [getattr(token, name) for name in same] == [row[name] for name in same]


def test_the_order_of_the_rows_does_not_matter(tables: Tables, read: list[Document]) -> None:
    mixed = {name: shuffled(tables[name]) for name in ("sentences", "tokens")}
    assert list(documents(tables["clean_documents"], **mixed)) == read
    assert list(documents(tables["clean_documents"].take([1, 0]), **mixed)) == read[::-1]


def test_a_document_is_the_same_alone(tables: Tables, read: list[Document]) -> None:
    for document in read:
        is_of = pc.field("document_id") == document.document_id
        assert list(documents(**{name: table.filter(is_of) for name, table in tables.items()})) == [document]


def test_what_was_not_parsed_has_no_tokens_and_what_was_not_split_is_left_out(tables: Tables) -> None:
    first, second = tables["clean_documents"].column("document_id").to_pylist()
    of_second = tables["sentences"].filter(pc.field("document_id") == second)
    [document] = documents(tables["clean_documents"], of_second, tables["tokens"].slice(0, 0))
    assert document.document_id == second != first
    assert all(not sentence.tokens and sentence.at(sentence.start) is None for sentence in document.sentences)
    assert all(sentence.covering(sentence.start, sentence.end) is None for sentence in document.sentences)
    with pytest.raises(KeyError, match=second):
        list(documents(tables["clean_documents"].slice(0, 1), of_second, tables["tokens"]))


def test_the_tree_goes_down_as_it_goes_up(sentences: list[Sentence]) -> None:
    for sentence in sentences:
        for token in sentence.tokens:
            children = [other for other in sentence.tokens if sentence.head(other) is token]
            assert sentence.children(token) == children
            assert sentence.children(token, "det", "amod") == [c for c in children if c.dependency in ("det", "amod")]
            assert sentence.child(token, "det", "amod") in [*sentence.children(token, "det", "amod"), None][:1]
            above = [token, *sentence.ancestors(token)]
            assert all(sentence.head(low) is high for low, high in pairwise(above))
            assert sentence.head(above[-1]) is None
            below = [other for other in sentence.tokens if token in (other, *sentence.ancestors(other))]
            assert sentence.subtree(token) == below
            if token.dependency == "ROOT":
                assert len(below) == len(sentence.tokens)


def test_branches_can_be_left_out(sentences: list[Sentence]) -> None:
    pruned = 0
    for sentence in sentences:
        for token in sentence.tokens:
            kept = sentence.subtree(token, without=("prep",))
            for other in sentence.subtree(token):
                path = [other, *sentence.ancestors(other)]
                is_cut = any(step.dependency == "prep" for step in path[: path.index(token)])
                assert (other in kept) != is_cut
                pruned += is_cut
    assert pruned > 100


def test_spans_find_the_tokens_a_walk_over_all_finds(sentences: list[Sentence]) -> None:
    for sentence in [sentence for sentence in sentences if len(sentence.text) < 100]:
        places = range(sentence.start - 2, sentence.end + 2)
        for start in places:
            held = [token for token in sentence.tokens if token.start <= start < token.end]
            assert sentence.at(start) == (held[0] if held else None)
            for end in places[places.index(start) + 1 :: 3]:
                touching = [token for token in sentence.tokens if token.start < end and start < token.end]
                assert sentence.touching(start, end) == touching
                inside = [token for token in touching if start <= token.start and token.end <= end]
                assert sentence.within(start, end) == inside
                tops = [t for t in inside if sentence.head(t) not in inside]
                assert sentence.covering(start, end) == (tops[0] if tops else None)


def test_positions_in_a_document(read: list[Document]) -> None:
    for document in read:
        assert document.position_at(-1) == 0
        for place, (sentence, following) in enumerate(pairwise(document.sentences)):
            for offset in (sentence.start, sentence.end - 1, following.start - 1):
                assert document.position_at(offset) == place
                assert document.sentence_at(offset) is sentence
            assert document.sentence_of(sentence.start, sentence.end) is sentence
            assert document.sentence_of(sentence.end - 1, following.start + 1) is None
        assert document.sentence_of(document.sentences[-1].end, len(document.text) + 1) is None
        assert document.sentence_of(document.sentences[0].start - 1, document.sentences[0].end) is None


@pytest.mark.parametrize(
    ("text", "tag", "is_verb", "is_word"), [("agreed", "VBD", True, True), ("—", ":", False, False)]
)
def test_words_and_verbs(text: str, tag: str, is_verb: bool, is_word: bool) -> None:
    token = Token(0, 0, len(text), text, text, "X", tag, "ROOT", 0, "", False)
    assert (token.is_verb, token.is_word) == (is_verb, is_word)
