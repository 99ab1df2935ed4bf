"""Who takes part: from the slots of a pattern to mentions and the countries they act for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, NamedTuple

from kcpipe.events.actors import MODIFIERS, Actors, Nouns
from kcpipe.events.patterns import PREPOSITIONS, Pattern, Trigger, asked_of
from kcpipe.events.syntax import PASSIVE_SUBJECTS, SUBJECTS, VERBAL, Sentence
from kcpipe.syntax import Token

_OF_GAZETTEER = "org:"
_NAMED = ("PERSON", "ORG", "GROUP")
_WITHIN_PHRASE = ("poss", *MODIFIERS, "appos")
_OTHER_CLAUSES = ("advcl", "relcl", "conj", "parataxis")
_LEADING = frozenset("led brokered drafted hosted imposed mediated organised organized proposed run sponsored".split())
_MEDIATED = ("brokered", "mediated", "facilitated", "hosted", "sponsored")
_LAST = ("in", "to")  # Slots of the actor that count only when the others give nothing.
_STREETS = ("street", "square", "capital", "city", "town", "centre", "center")
_MUTUAL = (("each", "other"), ("one", "another"))
_BEFORE_OCCASIONS = ("of", "from", "for", "on", "in", "to")
_COUNTERPARTS = ("with", "in", "to", "from")
_ASIDE = ("in", "at", "by", "after", "during", "since", "before", "accord")


class Party(NamedTuple):
    """A participant with the country it acts for, empty when the words tell none; offsets are clean.

    mention_id is None for one told by a common noun alone: "gunmen".
    """

    role: str
    country_code: str
    mention_id: str | None
    start: int
    end: int
    is_implicit: bool = False

    @property
    def side(self) -> str:
        """What tells it from another participant: its country, else its mention, else its place."""
        return self.country_code or self.mention_id or str(self.start)


@dataclass(frozen=True)
class Mentions:
    """The mentions of one document that a country stands behind, and the members of plural ones."""

    starts: Sequence[int]
    rows: Sequence[Mapping[str, Any]]
    longest: int
    members: Mapping[str, Sequence[str]]
    """mention_id of a plural mention to the country codes of its members."""

    def covering(self, start: int, end: int) -> list[Mapping[str, Any]]:
        """The mentions that hold [start, end), the smallest first."""
        first = bisect_right(self.starts, start - self.longest)
        found = [row for row in self.rows[first : bisect_right(self.starts, start)] if row["char_end"] >= end]
        return sorted(found, key=lambda row: int(row["char_end"]) - int(row["char_start"]))

    def within(self, start: int, end: int) -> list[Mapping[str, Any]]:
        """The mentions inside [start, end), in order of the text."""
        first = bisect_right(self.starts, start - 1)
        return [row for row in self.rows[first : bisect_right(self.starts, end)] if row["char_end"] <= end]

    def countries(self, row: Mapping[str, Any]) -> Sequence[str]:
        """The country codes behind a mention: its own, or its members'."""
        return self.members.get(row["mention_id"]) or ([row["country_code"]] if row["country_code"] else [])

    def acting(self, row: Mapping[str, Any]) -> Sequence[str]:
        """The countries behind a mention; one empty code for an organisation of the gazetteer that has no country."""
        is_international = row["entity_type"] == "ORG" and (row["entity_id"] or "").startswith(_OF_GAZETTEER)
        return self.countries(row) or ([""] if is_international else [])

    def named(self, start: int, end: int) -> Mapping[str, Any] | None:
        """The smallest mention of a person, organisation or people that holds [start, end)."""
        return next((row for row in self.covering(start, end) if row["entity_type"] in _NAMED), None)


def index_mentions(rows: Iterable[Mapping[str, Any]], members: Mapping[str, Sequence[str]]) -> Mentions:
    """The index of one document's mention_drafts rows."""
    ordered = sorted(rows, key=lambda row: (row["char_start"], row["char_end"]))
    longest = max((row["char_end"] - row["char_start"] for row in ordered), default=0)
    return Mentions([row["char_start"] for row in ordered], ordered, longest, members)


def of_noun(sentence: Sentence, noun: Token, role: str, mentions: Mentions, actors: Actors) -> list[Party]:
    """The parties with a country that a noun phrase names: its head, else what possesses or modifies it.

    "Cuba's decision" is Cuba's. The words of "Iranian troops" reach to the head, and "gunmen in Nigeria" are told by
    their own.
    """
    own = [_by_name(sentence, noun, party, mentions) for party in _of_mentions(noun, role, mentions)]
    parts = [(part, sentence.conjoined(sentence.antecedent(noun, part))) for part in _parts(sentence, noun)]
    if own:  # of "Indian and Nepalese officials" the mention holds the last only
        parts = [(part, nouns) for part, nouns in parts if len(nouns) > 1 or sentence.children(part, "cc")]
    else:
        copula = sentence.subjects_of_copula(noun)
        whole = [] if noun.lemma in actors.kin else sentence.behind(noun, ("of",))  # "the father of a Kenyan singer"
        parts = [(noun, copula), *parts, (noun, whole + _spoken_for(sentence, noun))]
    named = mentions.named(noun.start, noun.end)
    is_person = named is not None and named["entity_type"] == "PERSON"  # of an organisation, perhaps, but not it
    for part, nouns in parts:
        inner = [party for each in nouns for party in of_noun(sentence, each, role, mentions, actors)]
        is_before = part.dependency in ("poss", *MODIFIERS) and part.end <= noun.start
        if len(inner) == 1 and is_before and noun.lemma in actors.people:
            inner = [_by_name(sentence, noun, each, mentions) for each in _with_other(sentence, part, noun, inner[0])]
        if inner and (not is_person or any(party.country_code for party in inner)):
            return _each_once(own + inner)
    return own or _of_its_place(sentence, noun, role, mentions, actors)


def _by_name(sentence: Sentence, noun: Token, party: Party, mentions: Mentions) -> Party:
    """The party of "his Chinese counterpart, Qin Gang" told by the name, with the country."""
    for name in sentence.children(noun, "appos") if noun.tag == "NN" else ():
        row = mentions.named(name.start, name.end)
        if row is not None and row["entity_type"] == "PERSON" and row["country_code"] in (None, party.country_code):
            return party._replace(mention_id=row["mention_id"], start=row["char_start"], end=row["char_end"])
    return party


def _with_other(sentence: Sentence, part: Token, noun: Token, party: Party) -> list[Party]:
    """The party that stands before a noun, with the noun; of "Mali's government and Tuareg rebels" two parties."""
    first = [part, *(each for each in sentence.children(noun, "nmod") if part.dependency == "poss")][-1]
    joined = sentence.children(first, "conj")
    if first.dependency == "nmod" and joined and party.end <= joined[0].start:
        return [party._replace(end=max(party.end, first.end)), Party(party.role, "", None, joined[0].start, noun.end)]
    return [party._replace(end=max(party.end, noun.end))]


def _of_mentions(noun: Token, role: str, mentions: Mentions) -> list[Party]:
    name, dash, deed = noun.text.rpartition("-")
    end = noun.start + len(name) if dash and deed in _LEADING else noun.end  # "the U.S.-led operation" is theirs
    for row in mentions.covering(noun.start, end):
        if codes := mentions.acting(row):
            return [Party(role, code, row["mention_id"], row["char_start"], row["char_end"]) for code in codes]
    return []


def _of_its_place(sentence: Sentence, noun: Token, role: str, mentions: Mentions, actors: Actors) -> list[Party]:
    """The country in which or with which somebody or something is: "gunmen in Nigeria", "the border with Niger"."""
    named = mentions.named(noun.start, noun.end)
    if named is not None and named["entity_type"] == "PERSON":
        return []  # "met the king in Beijing"
    is_somebody = noun.lemma in actors.people
    nouns = sentence.behind(noun, ("in", "from", "with") if is_somebody or role != "actor" else ("from",))
    if is_somebody and role == "recipient":
        nouns += _right_behind(sentence, noun)
    found = [party for each in nouns for party in of_noun(sentence, each, role, mentions, actors)]
    if is_somebody:
        start = _start_of(sentence, noun)
        found = [
            Party(role, party.country_code, None, start, noun.end) if party.country_code else party for party in found
        ]
    return _each_once(found)


def _right_behind(sentence: Sentence, noun: Token) -> list[Token]:
    """Of "evacuated villagers in Peru", where the parser hangs Peru on the verb: Peru, which stands behind the noun."""
    following = sentence.tokens[noun.number + 1 : noun.number + 2]
    is_place = bool(following) and following[0].lemma == "in" and following[0].head != noun.number
    return sentence.children(following[0], "pobj") if is_place else []


def _spoken_for(sentence: Sentence, noun: Token) -> list[Token]:
    """For whom a spokesman speaks: "a spokesman for the Israeli army"."""
    return sentence.behind(noun, ("for",)) if noun.lemma.startswith("spokes") else []


def _parts(sentence: Sentence, noun: Token) -> list[Token]:
    """What possesses, modifies or explains a noun, and who made it so: "a bomb planted by rebels"."""
    made = [verb for verb in sentence.children(noun, "acl") if verb.tag == "VBN"]
    leaders = sentence.children(noun, "npadvmod") if noun.text in _LEADING else []  # "EU-brokered", as three words
    return (
        leaders
        + sentence.children(noun, *_WITHIN_PHRASE)
        + [doer for verb in made for doer in sentence.behind(verb, ("by",))]
    )


def _start_of(sentence: Sentence, noun: Token) -> int:
    """Where a noun begins with what modifies it before: "Riot police"."""
    before = [part for part in sentence.children(noun, *MODIFIERS) if part.end <= noun.start]
    before = [part for part in before if part.entity_label not in ("DATE", "TIME")]  # "Last October rebel fighters"
    return min([noun, *(word for part in before for word in sentence.subtree(part))]).start


def of_words(sentence: Sentence, noun: Token, role: str, mentions: Mentions, nouns: Nouns) -> list[Party]:
    """The parties without a country that a noun phrase names: by a name, or by one of the nouns; else within it."""
    row = mentions.named(noun.start, noun.end)
    if row is not None and not mentions.acting(row):
        return [Party(role, "", row["mention_id"], row["char_start"], row["char_end"])]
    if nouns.name(sentence, noun):
        return [Party(role, "", None, _start_of(sentence, noun), noun.end)]
    whole = sentence.behind(noun, ("of",)) + _spoken_for(sentence, noun)
    for parts in (*([part] for part in _parts(sentence, noun)), whole):
        inner = [
            party
            for part in parts
            for each in sentence.conjoined(sentence.antecedent(noun, part))
            for party in of_words(sentence, each, role, mentions, nouns)
        ]
        if inner:
            return inner
    return []


def _each_once(parties: Sequence[Party]) -> list[Party]:
    """The first party of each side, in order."""
    return list({party.side: party for party in reversed(parties)}.values())[::-1]


def _in_slots(
    sentence: Sentence, trigger: Trigger, slots: Sequence[str], role: str, mentions: Mentions, actors: Actors
) -> list[Party]:
    """The parties in the slots of a role, each country once."""
    nouns = actors.told_by(trigger.pattern, role)
    found: list[Party] = []
    for slot in slots:
        if slot == "modifier" and found and role == "recipient":
            continue  # of "former president Correa" the office is no other party
        for noun in _nouns(sentence, trigger, slot, role) if slot != "clause" else ():
            if slot == "object" and noun.lemma in trigger.pattern.object_words_after and role == "recipient":
                continue  # what is given is not who receives it
            if role == "recipient" or _may_do(sentence, noun, trigger.pattern, actors):
                is_done_to = slot == "object" and trigger.pattern.to_others
                owners = sentence.owners_above(trigger.token, noun) if is_done_to else []
                own = [party for owner in owners for party in of_noun(sentence, owner, role, mentions, actors)]
                own = own or of_noun(sentence, noun, role, mentions, actors)
                is_told = bool(nouns.all) and slot != "owner"  # "paramilitary police were deployed" by nobody named
                found += own or (of_words(sentence, noun, role, mentions, nouns) if is_told else [])
    own_sides = role == "party" and not trigger.pattern.understood
    return _apart(sentence, found, mentions, actors) if own_sides else _each_once(found)


def _apart(sentence: Sentence, parties: Sequence[Party], mentions: Mentions, actors: Actors) -> list[Party]:
    """The first party of each side; where all are of one country, those that are told apart: an army and rebels."""
    countries = _each_once(parties)
    if len(countries) > 1:
        return countries
    found: list[Party] = []
    for party in parties:
        if _is_other(sentence, party, found, mentions, actors):
            found.append(party)
    return found


def _may_do(sentence: Sentence, noun: Token, pattern: Pattern, actors: Actors) -> bool:
    """Whether who is named may do it: "tourists" and "the car maker General Motors" do not act for a country."""
    barred = actors.inert if pattern.by == "anybody" else actors.inert | actors.private
    return not any(word.lemma in barred for word in (noun, *sentence.children(noun, "compound", "nmod", "appos")))


def _only_other(sentence: Sentence, trigger: Trigger, role: str, mentions: Mentions, taken: set[str]) -> list[Party]:
    """The only other country that what the trigger governs speaks of: "threatened to turn Seoul into a sea of fire".

    Places in which something is done are left out, and so is what a clause of its own tells.
    """
    words = [
        word
        for child in sentence.children(trigger.token)
        if (child.start > trigger.token.start or child.dependency == "ccomp")
        and child.dependency not in _OTHER_CLAUSES
        and child.lemma not in _ASIDE
        for word in sentence.subtree(child, without=_OTHER_CLAUSES)
        if sentence.tokens[word.head].lemma not in _ASIDE
        and not _is_in_street(sentence, word)
        and not _mediates(sentence, word)
    ]
    found = [party for word in words for party in _of_mentions(word, role, mentions)]
    others = _each_once([party for party in found if party.country_code and party.country_code not in taken])
    return others if len(others) == 1 else []


def _is_in_street(sentence: Sentence, word: Token) -> bool:
    """Whether a name only tells whose streets they are: "took to the streets of Tehran"."""
    of = sentence.head(word)
    over = sentence.head(of) if of is not None and of.lemma == "of" else None
    return over is not None and over.lemma in _STREETS


def _mediates(sentence: Sentence, word: Token) -> bool:
    """Whether a name only tells who mediated: "Russian" in "a Russian-brokered truce"."""
    following = sentence.tokens[word.number + 1 : word.number + 3]
    return len(following) == 2 and following[0].text == "-" and following[1].text in _MEDIATED


def _in_complement(sentence: Sentence, trigger: Trigger, role: str, mentions: Mentions, nouns: Nouns) -> list[Party]:
    """Those without a country whom the complement names first: "demanded that police withdraw", "to free hostages"."""
    following = [
        verb for verb in sentence.children(trigger.token, "xcomp", "ccomp") if verb.start > trigger.token.start
    ]
    clauses = following if nouns.all else []
    while clauses:
        verb = clauses.pop(0)
        told = sentence.children(verb, *SUBJECTS, *PASSIVE_SUBJECTS, "dobj", "dative", "agent")
        for noun in (each for one in told for each in sentence.conjoined(one)):
            if any(owner.tag == "PRP$" for owner in sentence.children(noun, "poss")):
                continue  # "his government" is the speaker's own
            if found := of_words(sentence, noun, role, mentions, nouns):
                return found
        clauses += sentence.children(verb, "xcomp", "ccomp")
    return []


def _nouns(sentence: Sentence, trigger: Trigger, slot: str, role: str) -> list[Token]:
    """The nouns that stand in a slot; what a slot is, `data/event_patterns.toml` says."""
    token, carrier = trigger.token, trigger.carrier
    is_noun = trigger.carrier is not None or token.part_of_speech == "NOUN"
    hosts = [host for host in (token, *trigger.objects, carrier) if host is not None]
    asked_for = trigger.pattern.object_words_after  # "walk out of talks with", "is on a visit to"
    if asked_for and slot in PREPOSITIONS:
        hosts += [noun for noun in sentence.behind(token, _BEFORE_OCCASIONS) if noun.lemma in asked_for]
    if slot == "subject":
        if carrier is not None:
            return [] if carrier.lemma in trigger.pattern.receivers else _without(token, sentence.subjects(carrier))
        if trigger.beside is not None:
            return sentence.children(trigger.beside, *PASSIVE_SUBJECTS) or sentence.subjects(trigger.beside)
        return [] if is_noun else sentence.subjects(token)
    if slot == "object":
        given_to = [noun for noun in sentence.children(token, "dative") if noun.part_of_speech in ("NOUN", "PROPN")]
        if given_to and not is_noun:  # "offered Turkey a customs union"
            return given_to
        if carrier is not None and carrier.lemma in trigger.pattern.receivers:
            return _without(token, sentence.subjects(carrier))
        if carrier is not None:  # "gave Iran an ultimatum", "the raid killed two Syrians"
            return _without(token, sentence.children(carrier, "dative", "dobj"))
        return [] if is_noun else [each for noun in trigger.objects for each in _taken(sentence, trigger, noun)]
    if slot in _ELSEWHERE:
        return _ELSEWHERE[slot](sentence, trigger)
    if slot == "owner":
        passive = is_noun or sentence.children(token, *PASSIVE_SUBJECTS)
        owned = trigger.objects if passive else ()
        return [noun for host in owned for noun in sentence.children(host, *MODIFIERS, "poss")]
    if slot in ("possessor", "modifier"):
        # "recognition of the Korean government": what modifies the object is never the one who acts
        modified = ([token] if is_noun else []) + list(trigger.objects if role != "actor" else ())
        dependencies = ("poss",) if slot == "possessor" else MODIFIERS
        return [noun for host in modified for noun in sentence.children(host, *dependencies)]
    if slot == "by" and not is_noun and role != "party":  # "condemned the raid by Israel": who did what is condemned
        hosts = [token] if role == "actor" else list(trigger.objects)
    return [noun for host in hosts for noun in _behind(sentence, host, PREPOSITIONS[slot])]


def _asked(sentence: Sentence, trigger: Trigger) -> list[Token]:
    return asked_of(sentence, trigger.token, trigger.pattern.asked_with)


def _holders(sentence: Sentence, trigger: Trigger) -> list[Token]:
    """Of "freed" in "two sailors held by Iran were freed": Iran."""
    held = [verb for noun in trigger.objects for verb in sentence.children(noun, "acl")]
    return [noun for verb in held for noun in sentence.behind(verb, ("by", "in"))]


def _behind_joined(sentence: Sentence, trigger: Trigger) -> list[Token]:
    """Of "recalled" in "closed its embassy in Quito and recalled its envoy": Quito."""
    before = sentence.head(trigger.token) if trigger.token.dependency == "conj" else None
    if before is None or before.part_of_speech not in VERBAL:
        return []
    return [noun for each in sentence.children(before, "dobj") for noun in sentence.behind(each, _COUNTERPARTS)]


_ELSEWHERE: Mapping[str, Callable[[Sentence, Trigger], list[Token]]] = {
    "asked": _asked,
    "joined": _behind_joined,
    "holder": _holders,
}
"""Slots that stand in another clause than the trigger's."""


def _taken(sentence: Sentence, trigger: Trigger, noun: Token) -> list[Token]:
    """Of "took two policemen hostage", which the parser may read as one phrase: the policemen."""
    if noun.lemma not in trigger.pattern.object_words_after:
        return [noun]
    return [word for word in sentence.children(noun, "compound") if word.tag == "NNS"] or [noun]


def _without(token: Token, nouns: Iterable[Token]) -> list[Token]:
    return [noun for noun in nouns if noun.number != token.number]


def _behind(sentence: Sentence, host: Token, prepositions: Sequence[str]) -> list[Token]:
    """Behind the preposition on the host, or on what the host is about ("talks on ties between A and B")."""
    found = sentence.behind(host, prepositions)
    if not found and "by" in prepositions:  # "killed in an ambush by insurgents"
        for occasion in sentence.behind(host, ("in", "during")):
            found += sentence.behind(occasion, prepositions)
    if not found and "between" in prepositions:
        for about in sentence.about(host):
            found += sentence.behind(about, prepositions)
    return found


def find_parties(sentence: Sentence, trigger: Trigger, mentions: Mentions, actors: Actors) -> tuple[Party, ...]:
    """The participants that the clause itself names, actors first."""
    pattern = trigger.pattern
    named = [slot for slot in pattern.actor if slot not in _LAST]
    doers, recipients, parties = (
        _in_slots(sentence, trigger, slots, role, mentions, actors)
        for role, slots in (("actor", named), ("recipient", pattern.recipient), ("party", pattern.party))
    )
    if not doers:  # "riots broke out in Paris", "was summoned to the Austrian foreign ministry"
        others = [slot for slot in pattern.actor if slot in _LAST]
        doers = _in_slots(sentence, trigger, others, "actor", mentions, actors)
    if len(doers) > 1 and _is_mutual(sentence, trigger):
        return (*doers, *(party._replace(role="recipient") for party in doers))
    taken = {party.country_code for party in doers}
    if "clause" in pattern.recipient and not recipients:
        recipients = _only_other(sentence, trigger, "recipient", mentions, taken)
        nouns = actors.told_by(pattern, "actor")
        recipients = recipients or _in_complement(sentence, trigger, "recipient", mentions, nouns)
    if "clause" in pattern.party and len(parties) == 1:
        parties += _only_other(sentence, trigger, "party", mentions, {parties[0].country_code})
        if len(parties) == 1:
            nouns = actors.told_by(pattern, "party")
            parties += _in_complement(sentence, trigger, "party", mentions, nouns)
    return (*doers, *(party for party in recipients if _is_other(sentence, party, doers, mentions, actors)), *parties)


def _is_mutual(sentence: Sentence, trigger: Trigger) -> bool:
    """Whether those who do it do it to "each other", or "in each other's capitals"."""
    slots = [slot for slot in trigger.pattern.recipient if slot != "clause"]
    nouns = [noun for slot in slots for noun in _nouns(sentence, trigger, slot, "recipient")]
    told = (word for noun in nouns for word in (noun, *sentence.children(noun, "poss")))
    return any(word.number and (sentence.tokens[word.number - 1].text.lower(), word.text) in _MUTUAL for word in told)


def _is_other(sentence: Sentence, party: Party, others: Sequence[Party], mentions: Mentions, actors: Actors) -> bool:
    """Whether a party is another than those before: of one country, both must be told as somebody of it."""
    if party.side not in {other.side for other in others}:
        return True
    if any(party.start < other.end and other.start < party.end for other in others):
        return False
    if party.mention_id in {other.mention_id for other in others}:
        return False
    head = sentence.covering(party.start, party.end)
    if head is None:
        return False
    phrase = [head, *takewhile(lambda word: word.part_of_speech not in VERBAL, sentence.ancestors(head))]
    is_somebody = any(word.lemma in actors.people for word in phrase)  # "the mayor of the Colombian town"
    return is_somebody or mentions.named(head.start, head.end) is not None


def has_unknown_side(sentence: Sentence, trigger: Trigger, mentions: Mentions, actors: Actors) -> bool:
    """Whether the clause names a side that no country could be found for: "between other countries"."""
    sides = [noun for slot in ("between", "with") for noun in _nouns(sentence, trigger, slot, "party")]
    told = {trigger.token, *trigger.objects}
    doers = [noun for noun in _nouns(sentence, trigger, "subject", "party") if noun not in told]
    sides += [noun for noun in doers if noun.lemma not in actors.unnamed]
    return any(not of_noun(sentence, side, "party", mentions, actors) for side in sides)


def names_one_twice(sentence: Sentence, trigger: Trigger, mentions: Mentions, actors: Actors) -> bool:
    """Whether the clause names one country as both sides: "between Cuba and Cuba"."""
    for host in (trigger.token, *trigger.objects):
        sides = sentence.behind(host, PREPOSITIONS["between"])
        codes = [tuple(p.country_code for p in of_noun(sentence, side, "party", mentions, actors)) for side in sides]
        if len(codes) == 2 and codes[0] and codes[0] == codes[1] and len(codes[0]) == 1:
            return True
    return False


def types_fit(sentence: Sentence, trigger: Trigger, mentions: Mentions) -> bool:
    """Whether object and subject of a verb are of the types the pattern asks for: one telephones a person."""
    pattern, verb = trigger.pattern, trigger.token
    if verb.part_of_speech == "NOUN":
        return True
    if pattern.object_types:
        if sentence.children(verb, "oprd", "xcomp", "ccomp") and "COUNTRY" not in pattern.object_types:
            return False  # "called the plan a mistake", "called on Cuba to", "called it done"
        if not _has_type(trigger.objects, pattern.object_types, mentions):
            return False
    return not pattern.subject_types or _has_type(sentence.subjects(verb), pattern.subject_types, mentions)


def _has_type(nouns: Iterable[Token], types: Collection[str], mentions: Mentions) -> bool:
    return any(row["entity_type"] in types for noun in nouns for row in mentions.covering(noun.start, noun.end)[:1])
