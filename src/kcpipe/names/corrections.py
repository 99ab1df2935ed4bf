"""The model's names corrected by what stands around them.

What stands in one list is of one kind: "Lahore, Peshawar, Sialkot and Faisalabad" are all places. Where some of a list
are known (by the gazetteer, a title, a head word) and none speaks against it, or where most of it is told alike, the
model's word for the others gives way. And a lone word that does what people do is a person: "Dubé kept his seat"; one
that is a country's name, among countries, is the country: "Jordan recalled its ambassador".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kcpipe.names.bodies import patterns
from kcpipe.names.gazetteer import Gazetteer
from kcpipe.names.reading import CAPITAL, Document, ModelName, is_headline, model_names, normal
from kcpipe.syntax import Sentence

_ITEM = rf"{CAPITAL}(?: (?:(?:de|del|da|van|von|bin|al|of|of the) )?{CAPITAL}){{0,5}}"
_BRACKET = r"(?: \([^()]{1,40}\))?"
_LIST = re.compile(
    rf"{_ITEM}{_BRACKET}(?:, (?:the )?{_ITEM}{_BRACKET})+,? (?:and|or) (?:the )?{_ITEM}|{_ITEM}(?:, {_ITEM}){{2,}}"
)
_ITEMS = re.compile(rf"({_ITEM}){_BRACKET}(?:, |,? (?:and|or) |$)(?:the )?")
_PRONOUNS = ("he", "his", "him", "she", "her")
_MOST_OF = 0.5
_KINDS = {"GPE": "GPE", "LOC": "GPE", "FAC": "GPE", "PERSON": "PERSON", "ORG": "ORG", "NORP": "NORP"}


class Item(NamedTuple):
    """One of a list: clean offsets, the kind that is known of it, the kind that the model tells; "" for none."""

    start: int
    end: int
    known: str
    told: str


def corrected_names(document: Document, gazetteer: Gazetteer) -> Mapping[int, tuple[ModelName, ...]]:
    """For each sentence's number the model's names, those in lists corrected."""
    return {sentence.number: tuple(_corrected(document, sentence, gazetteer)) for sentence in document.sentences}


def _corrected(document: Document, sentence: Sentence, gazetteer: Gazetteer) -> list[ModelName]:
    names = [name for name in model_names(sentence) if document.plain[name.start - 1 : name.start] != "#"]
    names = [piece for name in names for piece in _pieces(document.plain, name, gazetteer)]
    names = [_as_person(sentence, name, gazetteer) for name in names]
    names = [_as_country(document, sentence, name, names, gazetteer) for name in names]
    text = document.plain_of(sentence)
    if text.count(", ") < 2 - (" and " in text) or is_headline(text):
        return names
    for match in _LIST.finditer(text):
        items = list(_items(document, sentence, match, names, gazetteer))
        kind = _kind(items)
        wrong = [item for item in items if kind and item.known in ("", kind) and item.told != kind]
        if kind == "PERSON":
            wrong = [item for item in wrong if " " in document.plain[item.start : item.end]]
        for item in wrong:
            names = [name for name in names if name.end <= item.start or item.end <= name.start]
            names.append(ModelName(item.start, item.end, kind))
    return sorted(names)


def _pieces(text: str, name: ModelName, gazetteer: Gazetteer) -> list[ModelName]:
    """The model's name, or the two that it makes one: "a spokesman for Odinga|, |Dennis Onyango|, said"."""
    comma = text.find(", ", name.start, name.end)
    if name.label not in ("ORG", "PERSON") or comma < 0:
        return [name]
    if patterns(gazetteer).head.search(text, name.start, name.end):
        return [name]
    return [name._replace(end=comma), name._replace(start=comma + len(", "))]


def _is_teller(sentence: Sentence, name: ModelName, gazetteer: Gazetteer) -> bool:
    """Whether a name between commas is of the spokesman, the father or the like who then says something."""
    is_set_off = sentence.text[: name.start - sentence.start].endswith(", ") and sentence.text.startswith(
        ",", name.end - sentence.start
    )
    verb = next((token for token in sentence.tokens if token.start > name.end and token.is_verb), None)
    subject = None if verb is None else sentence.child(verb, "nsubj")
    if verb is None or subject is None or subject.start > name.start or not is_set_off:
        return False
    is_someone = subject.lemma in gazetteer.titles or subject.lemma in gazetteer.words["references"]["person_nouns"]
    return is_someone and verb.lemma in gazetteer.words["person"]["verbs"]


def _as_person(sentence: Sentence, name: ModelName, gazetteer: Gazetteer) -> ModelName:
    """A person, when a supposed organisation of one word is the subject of what people do, or of "his" and "her"."""
    if name.label != "ORG":
        return name
    words = sentence.text[name.start - sentence.start : name.end - sentence.start].split()
    if 1 < len(words) < 4 and all(word.istitle() for word in words):
        return name._replace(label="PERSON") if _is_teller(sentence, name, gazetteer) else name
    token = sentence.at(name.start)
    if token is None or token.end != name.end or token.text.isupper():
        return name
    if token.dependency not in ("nsubj", "nsubjpass") or token.part_of_speech != "PROPN":
        return name
    is_deed = sentence.tokens[token.head].lemma in gazetteer.words["person"]["deeds"]
    is_owner = any(other.text in _PRONOUNS for other in sentence.tokens[token.number :])
    return name._replace(label="PERSON") if is_deed or is_owner else name


def _as_country(
    document: Document, sentence: Sentence, name: ModelName, names: list[ModelName], gazetteer: Gazetteer
) -> ModelName:
    """A country, when a supposed person has nothing but its name, and stands beside another or before "its".

    Not where the document has a person of whose name it is a part: "Michael Jordan".
    """
    word = document.plain[name.start : name.end]
    if name.label != "PERSON" or _known(word, gazetteer) != "COUNTRY":
        return name
    people = (other for sentence in document.sentences for other in model_names(sentence) if other.label == "PERSON")
    parts = (document.plain[other.start : other.end].split() for other in people)
    if any(len(words) > 1 and word in words for words in parts):
        return name
    is_beside_another = any(other.label in ("GPE", "NORP") for other in names)
    has_own = any(token.text == "its" for token in sentence.tokens if token.start > name.end)
    return name._replace(label="GPE") if is_beside_another or has_own else name


def _items(
    document: Document, sentence: Sentence, match: re.Match[str], names: list[ModelName], gazetteer: Gazetteer
) -> Iterator[Item]:
    for piece in _ITEMS.finditer(match[0]):
        start, end = (sentence.start + match.start() + offset for offset in piece.span(1))
        told = next((name.label for name in names if name.start < end and start < name.end), "")
        yield Item(start, end, _known(document.plain[start:end], gazetteer), _KINDS.get(told, ""))


def _known(name: str, gazetteer: Gazetteer) -> str:
    """What a name is, whatever the model says: by the gazetteer, a title before it, a head word at its end."""
    if normal(name) in gazetteer.persons or name.split(maxsplit=1)[0].casefold() in gazetteer.titles:
        return "PERSON"
    hits = gazetteer.fixed.find(name)
    if hits and (hits[0].start, hits[0].end) == (0, len(name)):
        meaning = hits[0].value[0]
        is_place = meaning.entity_type == "PLACE" or meaning.kind == "capital"
        return "GPE" if is_place else {"COUNTRY": "COUNTRY", "ORG": "ORG"}.get(meaning.entity_type, "OTHER")
    return ""


def _kind(items: list[Item]) -> str:
    """The kind of the whole list; "" when it is not plain."""
    known = {item.known for item in items if item.known}
    told = Counter(item.told for item in items)
    if known == {"GPE"}:
        return "GPE" if len(items) > 3 or told["GPE"] > 1 else ""
    if known == {"ORG"}:
        return "ORG" if sum(bool(item.known) for item in items) > 1 else ""
    most, count = told.most_common(1)[0]
    is_most = count > 1 and count >= _MOST_OF * len(items) and all(n < count for k, n in told.items() if k != most)
    if most in ("PERSON", "GPE") and is_most and known <= {most}:
        return most
    return ""
