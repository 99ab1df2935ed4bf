"""Headlines as the model can read them: in sentence case, and with a verb where it takes the verb for a noun.

The model was trained on sentences. In Title Case it takes verbs for names, and of "Peru and Chile sign agreement" it
makes a compound noun.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

_NAMES = frozenset({"GPE", "LOC", "NORP", "PERSON"})
_ENDINGS = (("", ""), ("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("d", ""), ("ing", ""), ("ing", "e"))
_FUNCTION_WORDS = frozenset({"ADP", "AUX", "CCONJ", "DET", "PART", "PRON", "SCONJ"})
_FINITE = frozenset({"VB", "VBD", "VBP", "VBZ"})
_FEWEST_WORDS, _LONG = 4, 5
_MOST_WORDS = 16
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})

# Verbs of headlines that are nouns, too, but hardly before another noun: not "trade" (agreement), "border" (clashes).
_VERBS = frozenset(
    "back ban battle bomb boost boycott clash deport evict exchange expel fire free halt hike hint host ink jail mourn "
    "oust raid ramp recall release reopen resume scrap seize shell sign slam slap snub storm sue summon swap swear "
    "test thwart urge veto vow warn withdraw".split()
)


class _Verb(NamedTuple):
    """A word that may be the verb of a headline, and the base that it is a form of."""

    token: Token
    base: str
    is_plural: bool
    """In the form that goes with a plural subject: "sign", not "signs"."""


def lower_cased(doc: Doc, words: frozenset[str]) -> str:
    """The text of a title-cased line, character for character, the common ones of its words in lower case.

    doc: the line as written, read by the model. words: what counts as common. A word stays as it is when the model
    takes it for a name of a place, people or person.
    """
    characters = list(doc.text)
    for token in doc[1:]:
        is_name = token.ent_type_ in _NAMES or token.text.isupper()
        if token.pos_ in _FUNCTION_WORDS or (not is_name and _is_common(token.lower_, words)):
            characters[token.idx] = characters[token.idx].lower()
    return "".join(characters)


def is_title_case(text: str) -> bool:
    """Whether nearly every long word begins with a capital, and there are enough of them to tell."""
    words = text.split()
    long = [word for word in words if len(word) >= _LONG and word[0].isalpha()]
    return (
        len(words) >= _FEWEST_WORDS
        and len(long) > 1
        and not text.endswith(".")
        and sum(word[0].islower() for word in long) * _LONG <= len(long)
        and sum(word[0].isupper() for word in words) > len(words) / 2
    )


def _is_common(word: str, words: frozenset[str]) -> bool:
    return any(word.endswith(end) and word.removesuffix(end) + base in words for end, base in _ENDINGS)


def is_clause(doc: Doc) -> bool:
    """Whether a finite verb heads it."""
    return any(token.dep_ == "ROOT" and token.tag_ in _FINITE for token in doc)


def may_have_verb(doc: Doc) -> bool:
    """Whether it is a short line without a verb, one of whose words could be one."""
    is_line = 2 < len(doc) <= _MOST_WORDS and not doc[-1].is_punct
    return is_line and not is_clause(doc) and bool(_possible_verbs(doc))


def with_verb(doc: Doc, model: Language) -> Doc | None:
    """A line that `may_have_verb`, read anew with one of its nouns as its verb; None where none can be.

    Of the line as given only the words count. The noun is put into the past, which cannot be taken for one ("Peru and
    Chile signed agreement"). It is the verb when the line then has a subject of its number before it and an object
    behind it.
    """
    for verb in _possible_verbs(doc):
        past = verb.base + ("d" if verb.base.endswith("e") else "ed")
        read = model(_spelled(doc, [past if token.i == verb.token.i else token.text for token in doc]))
        found = read[verb.token.i]
        subjects = [word for word in found.lefts if word.dep_ in _SUBJECTS or _is_listed(word)]
        has_object = any(word.dep_ == "dobj" for word in found.rights)
        is_plural = len(subjects) > 1 or any(map(_is_plural, subjects))
        if found.dep_ == "ROOT" and subjects and has_object and is_plural == verb.is_plural:
            return _as_read(doc, read, verb, subjects)
    return None


def _possible_verbs(doc: Doc) -> Sequence[_Verb]:
    """The words that may be the verb, in their order."""
    found: list[_Verb] = []
    for token in doc[1:-1]:
        word = token.lower_
        if word in _VERBS:
            found.append(_Verb(token, word, is_plural=True))
        elif word.endswith("s") and word.removesuffix("s") in _VERBS:
            found.append(_Verb(token, word.removesuffix("s"), is_plural=False))
    return found


def _is_plural(subject: Token) -> bool:
    """Whether it is more than one: "rebels", "Peru and Chile", "India, Pakistan"."""
    return subject.tag_ in ("NNS", "NNPS") or any(word.dep_ in ("conj", "appos") for word in subject.children)


def _is_listed(word: Token) -> bool:
    """Whether it is a name with a comma behind it: "India, Pakistan", which the model takes for an adverb."""
    return word.tag_ == "NNP" and word.nbor().text == ","


def _spelled(doc: Doc, words: Sequence[str]) -> Doc:
    """A document of other words, spaced like this one."""
    from spacy.tokens import Doc  # noqa: PLC0415 - takes seconds

    return Doc(doc.vocab, words=list(words), spaces=[bool(token.whitespace_) for token in doc])


def _as_read(doc: Doc, read: Doc, verb: _Verb, subjects: Sequence[Token]) -> Doc:
    """The document with the tree of its reading: the verb in a finite form, those who do it as subjects."""
    from spacy.tokens import Span  # noqa: PLC0415 - takes seconds

    said = _spelled(doc, [token.text for token in doc])
    for token, other in zip(said, read, strict=True):
        token.tag_, token.pos_, token.lemma_ = other.tag_, other.pos_, other.lemma_
        token.dep_, token.head = other.dep_, said[other.head.i]
    for subject in subjects:
        said[subject.i].dep_ = "nsubj"
    said[verb.token.i].tag_, said[verb.token.i].lemma_ = ("VBP" if verb.is_plural else "VBZ"), verb.base
    said.set_ents([Span(said, entity.start, entity.end, entity.label_) for entity in read.ents])
    return said
