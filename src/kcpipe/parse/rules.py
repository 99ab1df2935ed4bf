"""Parts of speech and lemmas by the model's own rules, asked once for what comes again and again.

The model's attribute ruler matches some two hundred patterns against every token, though nearly all of them look at one
token alone, and there at the word, its tag and its dependency; its lemmatizer goes by the word and by what these gave.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kcpipe.parse.distinct import Numbers, distinct

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MOST_WORDS = 200_000
"""So many are remembered, in some 50 megabytes; then it begins anew."""
_RULER, _LEMMATIZER = "attribute_ruler", "lemmatizer"
_SEEN: list[int | str] = ["ORTH", "TAG", "DEP"]
_SAID: list[int | str] = ["POS", "LEMMA"]
"""Not the morphology, which nobody here asks for: to set it takes longer than all else."""


class Said(NamedTuple):
    """The values of _SAID of a word, its lemma spelt out."""

    part: int
    lemma: str


def remember_rules(model: Language) -> None:
    """Put `RememberedRules` into the pipeline of spaCy's English model, where its ruler and lemmatizer stood."""
    from spacy.language import Language  # noqa: PLC0415 - takes seconds

    Language.factory("remembered_rules", func=_made)
    model.add_pipe("remembered_rules", after=_LEMMATIZER)
    for replaced in (_RULER, _LEMMATIZER):
        model.disable_pipe(replaced)


def _made(nlp: Language, name: str) -> RememberedRules:  # noqa: ARG001 - spaCy's names
    return RememberedRules(nlp)


class RememberedRules:
    """What the ruler and the lemmatizer of a model say of a token, by what they see of it."""

    def __init__(self, model: Language) -> None:
        from spacy.matcher import Matcher  # noqa: PLC0415 - takes seconds

        get_pipe: Any = model.get_pipe
        self._ruler, self._lemmatizer = get_pipe(_RULER), get_pipe(_LEMMATIZER)
        index = self._lemmatizer.lookups.get_table("lemma_index")
        index.update({part: frozenset(words) for part, words in index.items()})  # they are lists, and words looked for
        self._vocab: Any = model.vocab
        self._known: dict[int, Said | None] = {}
        longer = [pattern for rule in self._ruler.patterns for pattern in rule["patterns"] if len(pattern) > 1]
        self._asks_more: Any = Matcher(model.vocab)
        self._asks_more.add("more", [[{"IS_SPACE": True}], *([first] for first, *_ in longer)])

    def __call__(self, doc: Doc) -> Doc:
        """Set part of speech and lemma of every token, which have tags and dependencies already."""
        [said] = self.pipe([doc])
        return said

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 1) -> Iterator[Doc]:
        """The same for one document after the other."""
        documents = iter(stream)
        while batch := list(islice(documents, batch_size)):
            if len(self._known) > MOST_WORDS:
                self._known.clear()
            seen = np.concatenate([doc.to_array(_SEEN) for doc in batch])
            words = distinct(seen)
            new, firsts = words.new_to(self._known)
            if new:
                self._learn(new, seen[firsts])
            said = [self._known[word] for word in words.keys]
            add = self._vocab.strings.add  # the vocabulary may have dropped a lemma since
            values = [(each.part, add(each.lemma)) if each else (0, 0) for each in said]
            rows = np.array(values, np.uint64).reshape(-1, len(_SAID))
            is_known = np.array([each is not None for each in said])
            borders = np.cumsum([0, *map(len, batch)]).tolist()
            for doc, (start, end) in zip(batch, pairwise(borders), strict=True):
                of_doc = words.of_rows[start:end]
                yield _filled(doc, _SAID, rows[of_doc]) if is_known[of_doc].all() else self._asked(doc)

    def _asked(self, doc: Doc) -> Doc:
        asked: Doc = self._lemmatizer(self._ruler(doc))
        return asked

    def _learn(self, words: Sequence[int], seen: Numbers) -> None:
        """Ask the rules of some words. None is remembered of what may begin a longer pattern, and of white space."""
        more = {start for _, start, _ in self._asks_more(self._document(seen), allow_missing=True)}
        alone = [place for place in range(len(words)) if place not in more]
        said = self._asked(self._document(seen[alone])).to_array(_SAID).tolist() if alone else []
        spelled = self._vocab.strings
        self._known.update((words[place], None) for place in more)
        self._known.update(
            (words[place], Said(part, spelled[lemma])) for place, (part, lemma) in zip(alone, said, strict=True)
        )

    def _document(self, seen: Numbers) -> Doc:
        from spacy.tokens import Doc  # noqa: PLC0415

        doc = Doc(self._vocab, words=[self._vocab.strings[orth] for orth in seen[:, 0].tolist()])
        return _filled(doc, _SEEN[1:], seen[:, 1:])


def _filled(doc: Any, names: Sequence[int | str], values: Numbers) -> Doc:
    """The document, its tokens with these values of some attributes."""
    filled: Doc = doc.from_array(names, values)
    return filled
