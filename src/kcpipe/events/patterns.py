"""Triggers: where a sentence uses a word that, with its object, tells a kind of event."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from kcpipe.events.syntax import PASSIVE_SUBJECTS, SUBJECTS, VERBAL, Sentence
from kcpipe.lexicon import Lexicon, LexiconError
from kcpipe.syntax import Token

# Slots of a pattern: the prepositions that each stands for, and those that a place in the tree fills.
PREPOSITIONS: Mapping[str, tuple[str, ...]] = {
    "by": ("by",),
    "with": ("with",),
    "to": ("to",),
    "from": ("from",),
    "between": ("between", "among"),
    "of": ("of",),
    "in": ("in",),
    "on": ("on", "upon"),
    "against": ("against",),
    "for": ("for",),
    "at": ("at", "outside"),
    "into": ("into", "toward", "towards", "along", "near"),
    "over": ("over", "about"),
    "behind": ("behind", "beside", "alongside"),
}
SLOTS = frozenset({"subject", "object", "possessor", "modifier", "owner", "clause", "asked", *PREPOSITIONS})
DOERS = ("states", "officials", "anybody")
_OTHER_CLAUSES = ("conj", "advcl", "ccomp", "parataxis")
# "took part in joint drills", "are on strike", "came out in support of"
_WITHIN = ("in", "on")
_KNOWN = ("the", "this", "that")
_ONE = ("NN", "NNP")
_WILL, _NEVER = frozenset({"will", "'ll", "wo", "shall"}), frozenset({"not", "n't", "never"})
_OWN_FORCES = frozenset({"army", "military", "navy", "force", "troop", "country", "nation", "government"})
_FUTURE = frozenset({"will", "would", "'ll", "'d", "wo", "shall"})


@dataclass(frozen=True)
class Pattern:
    """One pattern of `data/event_patterns.toml`; the file says what each field means."""

    id: str
    kind: str
    example: str
    counterexample: str
    verbs: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    with_object: frozenset[str] = frozenset()
    object_words: frozenset[str] = frozenset()
    object_words_after: frozenset[str] = frozenset()
    object_types: frozenset[str] = frozenset()
    subject_types: frozenset[str] = frozenset()
    not_object: frozenset[str] = frozenset()
    own_words: frozenset[str] = frozenset()
    with_subject: frozenset[str] = frozenset()
    with_preposition: frozenset[str] = frozenset()
    transitive: bool = False
    with_complement: bool = False
    with_infinitive: bool = False
    content: frozenset[str] = frozenset()
    content_is_refused: bool = False
    refused: bool = False
    asked_with: frozenset[str] = frozenset()
    not_before: frozenset[str] = frozenset()
    carriers: frozenset[str] = frozenset()
    receivers: frozenset[str] = frozenset()
    only_carried: bool = False
    beside: frozenset[str] = frozenset()
    actor: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    party: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    countries: int = 1
    understood: bool = False
    """Parties that the clause does not name may be understood from the text around it."""
    by: str = "officials"
    """Who can do it: states, officials or anybody."""


_LISTED = {each.name: tuple if each.default == () else frozenset for each in fields(Pattern)}
"""What becomes of a list of the file: a tuple where the order counts, else a set."""


class Trigger(NamedTuple):
    """A pattern found in a sentence."""

    pattern: Pattern
    token: Token
    objects: tuple[Token, ...]
    """The nouns that are established, severed, visited: objects of a verb, or what stands behind the noun's "of"."""
    carrier: Token | None
    """The light verb of an event noun: "made" in "made a visit"."""
    beside: Token | None = None
    """The verb beside which an event noun stands: "praised" in "praised Peru during a visit to Lima"."""

    @property
    def predicate(self) -> Token:
        """The word that bears tense, negation and subject."""
        return self.carrier or self.beside or self.token


@dataclass(frozen=True)
class Patterns:
    """All patterns by the lemma that may trigger them."""

    by_verb: Mapping[str, tuple[Pattern, ...]] = field(default_factory=dict)
    by_noun: Mapping[str, tuple[Pattern, ...]] = field(default_factory=dict)
    verbs: frozenset[str] = frozenset()
    """The first words of the verbs: "set" of "set free"."""
    words: frozenset[str] = frozenset()
    """These and the nouns: no other lemma triggers anything."""
    all: tuple[Pattern, ...] = ()
    happening: frozenset[str] = frozenset()
    """Verbs by which a noun is said to happen: "talks took place"."""


@lru_cache(maxsize=8)
def load_patterns(lexicon: Lexicon) -> Patterns:
    """The patterns of the lexicon `event_patterns`.

    Raises LexiconError for an unknown field, slot or doer, or an id met twice.
    """
    by_verb: dict[str, list[Pattern]] = {}
    by_noun: dict[str, list[Pattern]] = {}
    patterns: dict[str, Pattern] = {}
    for entry in lexicon.rules["pattern"]:
        pattern = _pattern(entry)
        if pattern.id in patterns:
            raise LexiconError(f"event_patterns: two patterns are called {pattern.id!r}")
        patterns[pattern.id] = pattern
        for verb in pattern.verbs:
            by_verb.setdefault(verb, []).append(pattern)
        for noun in pattern.nouns:
            by_noun.setdefault(noun, []).append(pattern)
    verbs = frozenset(verb.split(maxsplit=1)[0] for verb in by_verb)
    return Patterns(
        {lemma: tuple(found) for lemma, found in by_verb.items()},
        {lemma: tuple(found) for lemma, found in by_noun.items()},
        verbs,
        verbs | by_noun.keys(),
        tuple(patterns.values()),
        frozenset(lexicon.rules["happening"]["verbs"]),
    )


def _pattern(entry: Mapping[str, Any]) -> Pattern:
    given: dict[str, Any] = {
        key: _LISTED.get(key, tuple)(value) if isinstance(value, list) else value for key, value in entry.items()
    }
    try:
        pattern = Pattern(**given)
    except TypeError as error:
        raise LexiconError(f"event_patterns: {entry.get('id', entry)}: {error}") from error
    unknown = {*pattern.actor, *pattern.recipient, *pattern.party} - SLOTS
    if unknown:
        raise LexiconError(f"event_patterns: {pattern.id}: no slot {sorted(unknown)[0]!r}")
    if pattern.by not in DOERS:
        raise LexiconError(f"event_patterns: {pattern.id}: done by {pattern.by!r}")
    return pattern


def triggers(sentence: Sentence, patterns: Patterns) -> Iterator[list[Trigger]]:
    """For each word that may tell an event, in order of the text, the patterns that fit, in order of the file.

    What patterns ask of entities (`object_types`, `subject_types`) is not decided here: that needs the mentions.
    """
    for token in sentence.tokens:
        if token.lemma not in patterns.words:
            continue
        verbal = token.part_of_speech in VERBAL
        behind = _Behind(sentence, token)
        fitting = []
        known = _known_verb if verbal else _known_noun
        for pattern, objects in known(sentence, token, patterns):
            if not _object_fits(sentence, token, pattern, objects, behind):
                continue
            carrier = None if verbal else _carrier(sentence, token, pattern, patterns.happening)
            if pattern.only_carried and carrier is None and not verbal:
                continue
            beside = None if verbal or carrier is not None else _beside(sentence, token, pattern)
            trigger = Trigger(pattern, token, objects, carrier, beside)
            if _surroundings_fit(sentence, trigger):
                fitting.append(trigger)
        if fitting:
            yield fitting


def _known_noun(sentence: Sentence, noun: Token, patterns: Patterns) -> Iterator[tuple[Pattern, tuple[Token, ...]]]:
    """The patterns of a noun, with what stands behind its "of"."""
    if found := patterns.by_noun.get(noun.lemma, ()):
        of = tuple(sentence.behind(noun, ("of",)))
        yield from ((pattern, of) for pattern in found)


def _known_verb(sentence: Sentence, verb: Token, patterns: Patterns) -> Iterator[tuple[Pattern, tuple[Token, ...]]]:
    """The patterns of a verb with its objects: those of "ask for" and "set free" before those of "ask" and "set"."""
    if verb.lemma not in patterns.verbs:
        return
    for preposition in sentence.children(verb, "prep"):
        if preposition.number == verb.number + 1:
            found = patterns.by_verb.get(f"{verb.lemma} {preposition.lemma}", ())
            behind = tuple(sentence.behind(verb, (preposition.lemma,))) if found else ()
            yield from ((pattern, behind) for pattern in found)
    forms = [patterns.by_verb[form] for form in sentence.forms(verb) if form in patterns.by_verb]
    objects = tuple(sentence.objects(verb)) if forms else ()
    yield from ((pattern, objects) for found in forms for pattern in found)


def _surroundings_fit(sentence: Sentence, trigger: Trigger) -> bool:
    """Whether what is said around the object is as the pattern asks: prepositions, complement, subject, own words."""
    token, pattern = trigger.token, trigger.pattern
    if pattern.not_before or pattern.with_preposition:
        hanging = [word for word in sentence.children(token, "prep", "dative") if word.start > token.start]
        clauses = sentence.children(token, "ccomp") if pattern.not_before else []
        openers = {word.lemma for clause in clauses for word in sentence.children(clause, "mark", "advmod")}
        prepositions = {preposition.lemma for preposition in hanging}
        if (prepositions | openers) & pattern.not_before:
            return False
        if pattern.with_preposition and not prepositions & pattern.with_preposition:
            return False
    if pattern.with_complement and not sentence.children(token, "xcomp", "ccomp"):
        return False
    if pattern.with_infinitive and not _has_infinitive(sentence, token, pattern):
        return False
    if pattern.asked_with and not asked_of(sentence, token, pattern.asked_with):
        return False
    if pattern.content and not _says_it_will(sentence, token, pattern):
        return False
    if pattern.refused and not _is_refused(sentence, token):
        return False
    if pattern.own_words and not _phrase_words(sentence, token) & pattern.own_words:
        return False
    if pattern.with_subject:
        doers = [*sentence.subjects(trigger.predicate), *sentence.behind(token, ("by", "between"))]
        return any(_is_one_of(sentence, noun, pattern.with_subject) for noun in doers)
    return True


def _is_one_of(sentence: Sentence, noun: Token, lemmas: Collection[str]) -> bool:
    """Whether a noun is one of the words: itself, or with its name ("the carrier Enterprise"), or as a people."""
    if noun.lemma in lemmas or (noun.entity_label == "NORP" and "people" in lemmas):
        return True
    beside = sentence.children(noun, "compound", "appos", "nmod") if noun.part_of_speech == "PROPN" else []
    return any(word.lemma in lemmas for word in beside)


def _has_infinitive(sentence: Sentence, verb: Token, pattern: Pattern) -> bool:
    """Whether "to" and a verb follow, for which somebody is told to do it, or has "a week to"."""
    following = sentence.children(verb, "xcomp", "ccomp", "advcl")
    for noun in sentence.children(verb, "dobj", "npadvmod"):
        if noun.lemma in pattern.object_words_after:
            following += sentence.children(noun, "acl", "relcl")
    return any(word.lemma == "to" for clause in following for word in sentence.children(clause, "aux"))


def asked_of(sentence: Sentence, verb: Token, modals: Collection[str]) -> list[Token]:
    """Who is to do it in the speaker's words: Israel in "said Israel must withdraw" and "insisted Israel withdraw".

    modals: the auxiliaries that ask; "bare" among them stands for a verb without tense.
    """
    for content in sentence.children(verb, "ccomp"):
        auxiliaries = {word.text.lower() for word in sentence.children(content, "aux", "auxpass")} or {"bare"}
        doers = sentence.children(content, *SUBJECTS, *PASSIVE_SUBJECTS)
        if "bare" in auxiliaries and not (content.tag in ("VB", "VBP") and all(n.tag in _ONE for n in doers)):
            continue  # "insisted that it was right", "insisted that the talks go well"
        if auxiliaries & set(modals):
            return [noun for doer in doers for noun in sentence.conjoined(doer)]
    return []


def _says_it_will(sentence: Sentence, verb: Token, pattern: Pattern) -> bool:
    """Whether the speaker says what it will do, or will not: "said it would strike", "said he would not sign"."""
    for content in sentence.children(verb, "ccomp"):
        auxiliaries = {word.text.lower() for word in sentence.children(content, "aux")}
        if content.lemma not in pattern.content or not auxiliaries & _FUTURE:
            continue
        doers = sentence.children(content, *SUBJECTS)
        words = [word for noun in doers for word in (noun, *sentence.children(noun, "poss"))]
        own = any(word.tag.startswith("PRP") or word.lemma in _OWN_FORCES for word in words)
        if own and bool(sentence.children(content, "neg")) == pattern.content_is_refused:
            return True
    return False


def _is_refused(sentence: Sentence, verb: Token) -> bool:
    """Whether somebody will not do it: "Serbia will never recognise Kosovo"; of "it will not" the verb above tells."""
    auxiliaries = {word.text.lower() for word in sentence.children(verb, "aux")}
    is_told_by_name = all(not doer.tag.startswith("PRP") for doer in sentence.children(verb, *SUBJECTS))
    is_negated = any(word.lemma in _NEVER for word in sentence.children(verb, "neg"))
    return bool(auxiliaries & _WILL) and is_negated and is_told_by_name


def _object_fits(
    sentence: Sentence,
    trigger: Token,
    pattern: Pattern,
    objects: Sequence[Token],
    behind: _Behind,
) -> bool:
    if pattern.transitive and not objects:
        return False
    if any(noun.lemma in pattern.not_object for noun in objects):
        return False
    if pattern.with_object:
        fitting = [noun for noun in objects if _is_one_of(sentence, noun, pattern.with_object)]
        if not fitting:
            return False
        if pattern.object_words:
            words = {word for noun in fitting for word in _phrase_words(sentence, noun)}
            words |= _phrase_words(sentence, trigger)  # "diplomatic" may hang on the event noun
            if words.isdisjoint(pattern.object_words):
                return False
    if not pattern.object_words_after:
        return True
    return not pattern.object_words_after.isdisjoint(behind.all if pattern.with_infinitive else behind.own)


@dataclass(frozen=True)
class _Behind:
    """The lemmas behind a trigger, which pattern after pattern asks for."""

    sentence: Sentence
    trigger: Token

    @cached_property
    def own(self) -> Collection[str]:
        """Those in its own clause."""
        return self._lemmas(is_whole=False)

    @cached_property
    def all(self) -> Collection[str]:
        """These and those of a clause that it governs."""
        return self._lemmas(is_whole=True)

    def _lemmas(self, *, is_whole: bool) -> Collection[str]:
        sentence, trigger = self.sentence, self.trigger
        own = [child for child in sentence.children(trigger) if child.start > trigger.start]
        own = [child for child in own if child.dependency not in _OTHER_CLAUSES]
        for clause in sentence.children(trigger, "ccomp"):  # "held Russia responsible", "let inspectors enter"
            is_taken = is_whole or clause.part_of_speech not in VERBAL
            own += [clause] if is_taken else sentence.children(clause, *SUBJECTS)
        words = [word for child in own for word in sentence.subtree(child, without=("relcl",))]
        # "rebuild towns flattened by the storm" flattens nothing
        return {word.lemma for word in words if (word.dependency, word.tag) != ("acl", "VBN")}


def _phrase_words(sentence: Sentence, noun: Token) -> set[str]:
    """The lower-cased words that modify a noun, compounds with a hyphen whole."""
    modifiers = [c for c in sentence.children(noun, "amod", "compound", "nmod", "conj") if c.start < noun.start]
    words = {word.text.lower() for modifier in modifiers for word in sentence.subtree(modifier)}
    if modifiers:
        start = min(token.start for modifier in modifiers for token in sentence.subtree(modifier))
        words |= set(sentence.text[start - sentence.start : noun.start - sentence.start].lower().split())
    return words


def _beside(sentence: Sentence, noun: Token, pattern: Pattern) -> Token | None:
    """The verb of those who do something "on a visit to", "during her trip to"."""
    preposition = sentence.head(noun)
    if not pattern.beside or preposition is None or preposition.lemma not in pattern.beside:
        return None
    determiners = sentence.children(noun, "det", "poss")
    if noun.dependency != "pobj" or any(word.lemma in _KNOWN for word in determiners):
        return None
    return next((word for word in sentence.ancestors(preposition) if word.part_of_speech in VERBAL), None)


def _carrier(sentence: Sentence, noun: Token, pattern: Pattern, happening: frozenset[str]) -> Token | None:
    """The light verb whose object or subject the event noun is; a verb of happening whose subject it is."""
    noun = sentence.measured_by(noun)
    head = sentence.head(noun)
    if head is not None and noun.dependency == "pobj" and head.lemma in _WITHIN:  # "took part in joint drills"
        noun, head = head, sentence.head(head)
    if head is None or head.part_of_speech not in VERBAL:
        return None
    if noun.dependency in ("nsubj", "nsubjpass"):
        for verb in (head, *sentence.children(head, "xcomp")):  # "talks took place", "are expected to take place"
            done = [word.lemma for word in sentence.children(verb, "dobj", "prt")]
            if " ".join([verb.lemma, *done]) in happening:
                return verb
    if head.lemma == "be" and noun.dependency in SUBJECTS:
        return None  # "a visit is unlikely"
    is_carried = noun.dependency in ("dobj", "nsubjpass", "nsubj", "acomp", "prep", "oprd")
    if is_carried and sentence.lemma(head) in pattern.carriers | pattern.receivers:
        return head
    return None
