"""Event reports, participants and facts: who did what to whom, when, where, and whether it happened.

A sentence is read as a tree (`syntax`); a pattern finds a trigger in it (`patterns`), slots give the parties
(`participants`), the words above the trigger say whether it happened (`factuality`), and the clause, else the story
around it, says which time expression dates it (`timing`, `storyline`). What the text does not tell stays empty.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pyarrow as pa

from kcpipe.events.confidence import confidence, lacking
from kcpipe.events.details import instrument, is_hearsay, level, quantity, source, topic
from kcpipe.events.document import Document, read_documents, within
from kcpipe.events.facts import FactWords, facts, load_fact_words
from kcpipe.events.factuality import HEADLINE_ROLES, Factuality, Judgement, judge, load_factuality, takes_as_known
from kcpipe.events.habits import is_habit
from kcpipe.events.matter import Found, matter
from kcpipe.events.participants import (
    Actors,
    Mentions,
    Party,
    find_parties,
    has_unknown_side,
    load_actors,
    names_one_twice,
    types_fit,
)
from kcpipe.events.patterns import Trigger, load_patterns, triggers
from kcpipe.events.storyline import HEADLINES, StoryLine, is_day, read_story
from kcpipe.events.syntax import VERBAL, Sentence
from kcpipe.events.timing import date_of, is_clock, time_of
from kcpipe.ids import span_id
from kcpipe.lexicon import Lexicon, LexiconError, Lexicons
from kcpipe.tables import TABLES, build
from kcpipe.tables.happenings import EVENT_TYPES, FITS

Row = Mapping[str, Any]

# Reports of a kind among which the one is looked for that "the visit" tells again.
_LOOKED_BACK = 50
_PHASES = frozenset("begin complete conclude end finish launch mark start".split())


class Events(NamedTuple):
    """What `events` makes."""

    event_drafts: pa.Table
    participant_drafts: pa.Table
    fact_drafts: pa.Table


@dataclass(frozen=True)
class Kind:
    """What a row of the lexicon `event_kinds` says of a kind."""

    event_type: str
    enacted_by: frozenset[str]
    """Kinds by which an agreement to do this is the doing: relations are established by exchanging notes."""


@dataclass(frozen=True)
class _Report:
    """A report before its missing parties are understood."""

    sentence: Sentence
    trigger: Trigger
    judgement: Judgement
    parties: tuple[Party, ...]
    names_one_twice: bool
    has_unknown_side: bool
    """Asked only where parties may be understood."""

    @property
    def has_other_side(self) -> bool:
        """Whether the clause names a second side, though not a second country."""
        return self.names_one_twice or self.has_unknown_side

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(party.country_code for party in self.parties if party.country_code)


def _kinds(lexicon: Lexicon) -> Mapping[str, Kind]:
    for row in lexicon.rows:
        for name, values in (("event_type", EVENT_TYPES), ("fit", FITS)):
            if row[name] not in values:
                raise LexiconError(
                    f"event_kinds: {row['event_kind']}: {name} {row[name]!r} is none of {', '.join(values)}"
                )
    return {row["event_kind"]: Kind(row["event_type"], frozenset(row["enacted_by"].split())) for row in lexicon.rows}


def events(
    *,
    clean_documents: pa.Table,
    sentences: pa.Table,
    text_spans: pa.Table,
    tokens: pa.Table,
    mention_drafts: pa.Table,
    mention_members: pa.Table,
    time_drafts: pa.Table,
    quotation_drafts: pa.Table,
    quantity_drafts: pa.Table,
    lexicons: Lexicons,
) -> Events:
    """The event reports, participants and facts of each document.

    All arguments are tables of those names for one batch of documents; `lexicons` holds event_kinds,
    event_patterns, actors, factuality and fact_words. Offsets are clean. Negated and hypothetical reports are made
    like any other and say so; a report whose pattern needs a party that cannot be found is not made.
    """
    patterns = load_patterns(lexicons["event_patterns"])
    actors = load_actors(lexicons["actors"])
    words = load_factuality(lexicons["factuality"])
    fact_words = load_fact_words(lexicons["fact_words"])
    kinds = _kinds(lexicons["event_kinds"])
    if unknown := {pattern.kind for pattern in patterns.all} - kinds.keys():
        raise LexiconError(f"event_patterns: {min(unknown)} is no kind of event_kinds")
    event_rows: list[dict[str, Any]] = []
    participant_rows: list[dict[str, Any]] = []
    fact_rows: list[dict[str, Any]] = []
    for document in read_documents(
        clean_documents,
        sentences,
        text_spans,
        tokens,
        mention_drafts,
        mention_members,
        time_drafts,
        quotation_drafts,
        quantity_drafts,
    ):
        found = {sentence.number: list(triggers(sentence, patterns)) for sentence in document.sentences}
        told = list(_understand(document, list(_reports(document, found, actors, words, kinds)), words))
        reports = list(_told_once(told, kinds))
        for report, date in zip(reports, _dates(document, reports, kinds, words), strict=True):
            place = _place(document, report)
            about = matter(document, report.sentence, report.trigger, found)
            event = _event_row(document, report, kinds[report.trigger.pattern.kind], words, date, place, about)
            event_rows.append(event)
            participant_rows += _participant_rows(report, event, place)
        fact_rows += _fact_rows(document, words, fact_words)
    return Events(
        build(TABLES["event_drafts"], event_rows),
        build(TABLES["participant_drafts"], participant_rows),
        build(TABLES["fact_drafts"], fact_rows),
    )


# --- reports ---------------------------------------------------------------------------------------------------------


def _reports(
    document: Document, found: Found, actors: Actors, words: Factuality, kinds: Mapping[str, Kind]
) -> Iterator[_Report]:
    """For each word that tells an event, the first pattern whose parties are found or may be understood."""
    for sentence in document.sentences:
        for alternatives in found[sentence.number]:
            for trigger in alternatives:
                judgement = judge(sentence, trigger.predicate, words)
                if trigger.pattern.refused:
                    judgement = Judgement("occurred")
                if judgement is None or not types_fit(sentence, trigger, document.mentions):
                    continue
                report = _report(document, sentence, trigger, judgement, found, actors, kinds)
                if trigger.pattern.understood or _is_complete(report):
                    yield report
                    break


def _report(
    document: Document,
    sentence: Sentence,
    trigger: Trigger,
    judgement: Judgement,
    found: Found,
    actors: Actors,
    kinds: Mapping[str, Kind],
) -> _Report:
    enacting = kinds[trigger.pattern.kind].enacted_by
    if judgement.status == "planned" and _is_enacted(sentence, trigger, found, enacting):
        judgement = Judgement("occurred", judgement.is_negated)
    return _Report(
        sentence,
        trigger,
        judgement,
        find_parties(sentence, trigger, document.mentions, actors),
        names_one_twice(sentence, trigger, document.mentions, actors),
        trigger.pattern.understood and has_unknown_side(sentence, trigger, document.mentions, actors),
    )


def _is_complete(report: _Report) -> bool:
    """Whether its parties are those that its pattern asks for."""
    pattern, roles = report.trigger.pattern, {party.role for party in report.parties}
    enough = len({(party.role, party.side, party.start) for party in report.parties}) >= pattern.countries
    return (enough or report.names_one_twice) and roles.issuperset(pattern.needs) and bool(report.parties)


def _is_enacted(sentence: Sentence, trigger: Trigger, found: Found, enacting: frozenset[str]) -> bool:
    """Whether "agreed to establish relations through an exchange of notes": the exchange makes it so."""
    governor = sentence.governor(trigger.predicate)
    if governor is None or governor.lemma != "agree" or governor.tag not in ("VBD", "VBN"):
        return False
    means = sentence.behind(trigger.token, ("through", "by", "via"))
    instruments = {
        other.token for others in found[sentence.number] for other in others if other.pattern.kind in enacting
    }
    return any(noun in instruments for noun in means)


def _understand(document: Document, reports: Sequence[_Report], words: Factuality) -> Iterator[_Report]:
    """Fill in parties that the text leaves to be understood; drop habits and what lacks a party."""
    only_pair = _pair_spoken_of(reports)
    for report in reports:
        pattern = report.trigger.pattern
        parties = report.parties
        may_be_understood = report.trigger.carrier or report.codes or not pattern.carriers
        if pattern.understood and may_be_understood and len(report.codes) < 2 and not report.has_other_side:
            parties = (*parties, *_understood(document, report, only_pair))
        understood = replace(report, parties=parties)
        if _is_complete(understood) and not _is_habit(document, understood, words):
            yield understood


def _is_habit(document: Document, report: _Report, words: Factuality) -> bool:
    """Whether it tells what one generally does; what countries and international bodies do is news."""
    if report.judgement.status != "ongoing":
        return False
    rows = (row for party in report.parties for row in document.mentions.covering(party.start, party.end))
    is_public = bool(report.codes) or any(map(document.mentions.acting, rows))
    return is_habit(report.sentence, report.trigger.predicate, words, is_public=is_public)


def _told_once(reports: Sequence[_Report], kinds: Mapping[str, Kind]) -> Iterator[_Report]:
    """The reports without what only tells again what the verb above tells.

    A noun of its type ("provided $3 million in aid") or that it asks for ("concluded a deal"), or a participle of its
    kind ("pulled out, ending an occupation").
    """
    verbs = {(report.sentence.number, report.trigger.token.number): report for report in reports}
    for report in reports:
        sentence, token = report.sentence, report.trigger.token
        over = next((word for word in sentence.ancestors(token) if word.part_of_speech in VERBAL), None)
        other = verbs.get((sentence.number, over.number)) if over is not None else None
        if other is None or not report.codes <= other.codes or not _tells_again(report, other, kinds):
            yield report


def _tells_again(report: _Report, over: _Report, kinds: Mapping[str, Kind]) -> bool:
    token, kind, other = report.trigger.token, report.trigger.pattern.kind, over.trigger.pattern.kind
    if token.part_of_speech in VERBAL:
        return token.tag == "VBG" and token.dependency == "advcl" and kind == other and token.lemma in _PHASES
    is_asked_for = token in over.trigger.objects and token.lemma in over.trigger.pattern.with_object
    return is_asked_for or kinds[kind].event_type == kinds[other].event_type


def _pair_spoken_of(reports: Sequence[_Report]) -> frozenset[str]:
    """The pair of countries that a text is about: that of its title, else the only one whose relations it tells."""
    told = [
        report
        for report in reports
        if report.trigger.pattern.understood and len(report.codes) == 2 and not report.judgement.is_negated
    ]
    pairs = {report.codes for report in told if report.sentence.role == "title"} or {r.codes for r in told}
    return next(iter(pairs)) if len(pairs) == 1 else frozenset()


def _understood(document: Document, report: _Report, only_pair: frozenset[str]) -> list[Party]:
    """The parties that are the pair the document is about, or, where the clause names none, stand just before."""
    before = [s for s in document.sentences if s.number == report.sentence.number - 1]
    nearby = {
        code
        for sentence in before
        if sentence.paragraph == report.sentence.paragraph
        for row in document.mentions.within(sentence.start, sentence.end)
        for code in document.mentions.countries(row)
    }
    pair = only_pair or (frozenset() if report.codes else nearby)
    if len(pair) != 2 or not report.codes < pair:
        return []
    missing = sorted(pair - report.codes)
    return [party for code in missing for party in _nearest(document.mentions, code, report.sentence)]


def _nearest(mentions: Mentions, code: str, sentence: Sentence) -> list[Party]:
    """The last mention of a country before a sentence, else the first one there is."""
    rows = [row for row in mentions.rows if code in mentions.countries(row)]
    earlier = [row for row in rows if row["char_end"] <= sentence.start]
    row = earlier[-1] if earlier else rows[0]
    is_outside = row["char_end"] <= sentence.start or row["char_start"] >= sentence.end
    return [Party("party", code, row["mention_id"], row["char_start"], row["char_end"], is_outside)]


# --- dates -----------------------------------------------------------------------------------------------------------


class _Date(NamedTuple):
    """The row of time_drafts that dates a report, and where it stands; `news` has no row."""

    time: Row | None
    scope: str | None


def _dates(
    document: Document, reports: Sequence[_Report], kinds: Mapping[str, Kind], words: Factuality
) -> Sequence[_Date]:
    """What dates each report: its clause, the story around it, or its being told as new.

    A headline that tells what the text tells again has the day that this has there; a noun that takes the thing as
    known ("the visit") has its date.
    """
    days = [time for time in document.times if not is_clock(time)]
    story = read_story(document.sentences, days, words)
    dates = [_date(document, report, kinds[report.trigger.pattern.kind], words, story) for report in reports]
    sides = _sides(document, reports)
    told: dict[str, list[int]] = {}
    for place, report in enumerate(reports):
        if report.sentence.role not in HEADLINE_ROLES and report.judgement == Judgement("occurred"):
            told.setdefault(report.trigger.pattern.kind, []).append(place)
    for place, report in enumerate(reports):
        is_headline = report.sentence.role in HEADLINES
        is_again = is_headline or takes_as_known(report.sentence, report.trigger.token, words)
        if dates[place].time is not None or not is_again or report.judgement != Judgement("occurred"):
            continue
        same = told.get(report.trigger.pattern.kind, [])
        before = same if is_headline else same[: bisect_left(same, place)][-_LOOKED_BACK:]
        times = [dates[each].time for each in before if sides[place] <= sides[each]]
        first = times[0] if times else None
        if first is not None and (is_day(first) if is_headline else all(time == first for time in times)):
            dates[place] = _Date(first, "story")
    return dates


def _date(document: Document, report: _Report, kind: Kind, words: Factuality, story: StoryLine) -> _Date:
    sentence, trigger, judgement = report.sentence, report.trigger, report.judgement
    times = within(document.times, sentence)
    if (time := date_of(sentence, trigger, [each for each in times if not is_clock(each)], words)) is not None:
        return _Date(time, "clause")
    if any(row["char_start"] <= trigger.token.start < row["char_end"] for row in document.direct_speech):
        return _Date(None, None)
    if (time := story.day_of(sentence, trigger, judgement)) is not None:
        return _Date(time, "story")
    if story.is_news(sentence, trigger, judgement, is_said=kind.event_type == "STATEMENT"):
        return _Date(None, "news")
    hour = date_of(sentence, trigger, times, words)
    return _Date(hour, "clause" if hour is not None else None)


def _sides(document: Document, reports: Sequence[_Report]) -> list[frozenset[str]]:
    """Who takes part in each report: countries, else entities, else words."""
    entities = {row["mention_id"]: row["entity_id"] for row in document.mentions.rows}
    return [
        frozenset(
            party.country_code or entities.get(party.mention_id) or document.text[party.start : party.end].lower()
            for party in report.parties
        )
        for report in reports
    ]


# --- rows ------------------------------------------------------------------------------------------------------------


def _event_row(
    document: Document,
    report: _Report,
    kind: Kind,
    words: Factuality,
    date: _Date,
    place: Party | None,
    about: str | None,
) -> dict[str, Any]:
    sentence, token, pattern = report.sentence, report.trigger.token, report.trigger.pattern
    end = max([token.end, *(p.end for p in sentence.children(token, "prt") if p.start <= token.end + 1)])
    raw_start, raw_end = document.spans.to_raw(token.start, end)
    amount = quantity(sentence, report.trigger, within(document.quantities, sentence))
    quotation_id, attributed_to = source(document.quotations, token, sentence)
    by_role = {
        role: sorted({party.country_code for party in report.parties if party.role == role} - {""})
        for role in ("actor", "recipient")
    }
    is_mutual = len(by_role["actor"]) > 1 and by_role["actor"] == by_role["recipient"]
    told_of = {
        "self_dyad": report.names_one_twice,
        "domestic": bool(set(by_role["actor"]) & set(by_role["recipient"])) and not is_mutual,
        "implicit_party": any(party.is_implicit for party in report.parties),
        "hearsay": attributed_to is None and is_hearsay(sentence, report.trigger, words),
    }
    return {
        "event_mention_id": span_id("event_mention", sentence.document_id, raw_start, raw_end, pattern.kind),
        "document_id": sentence.document_id,
        "sentence_number": sentence.number,
        "char_start": sentence.start,
        "char_end": sentence.end,
        "evidence": sentence.text,
        "trigger_start": token.start,
        "trigger_end": end,
        "trigger_text": document.text[token.start : end],
        "event_type": kind.event_type,
        "event_kind": pattern.kind,
        "status": report.judgement.status,
        "is_negated": report.judgement.is_negated,
        "event_count": _event_count(document, report),
        "level": level(sentence, report.trigger),
        "actor_countries": by_role["actor"],
        "recipient_countries": by_role["recipient"],
        "countries": sorted(report.codes),
        "time_expression_id": date.time["time_expression_id"] if date.time else None,
        "date_scope": date.scope,
        "quotation_id": quotation_id,
        "attributed_to": attributed_to,
        "flags": [name for name, holds in told_of.items() if holds],
        "confidence": confidence(lacking(report.trigger.predicate, report.parties)),
        "pattern_id": pattern.id,
        "place_mention_id": place.mention_id if place else None,
        "quantity_id": amount["quantity_id"] if amount else None,
        "is_told_again": takes_as_known(sentence, token, words),
        "matter": about,
    }


def _event_count(document: Document, report: _Report) -> int | None:
    """How many times: a frequency that hangs on the predicate ("met officials three times")."""
    for row in within(document.quantities, report.sentence):
        if row["quantity_kind"] != "frequency":
            continue
        head = report.sentence.covering(row["char_start"], row["char_end"])
        if head is not None and report.sentence.head(head) == report.trigger.predicate and row["value"] is not None:
            return int(row["value"])
    return None


def _place(document: Document, report: _Report) -> Party | None:
    """Where it happened: a place behind "in" or "at" that is not itself a party."""
    sentence, trigger = report.sentence, report.trigger
    hosts = [h for h in (trigger.token, *trigger.objects, trigger.carrier) if h is not None]
    hosts += [clause for host in hosts for clause in sentence.children(host, "advcl")]
    hosts += [noun for host in hosts for noun in sentence.children(host, "dobj")]
    for host in hosts:
        for noun in sentence.behind(host, ("in", "at")):
            for row in document.mentions.covering(noun.start, noun.end):
                if row["entity_type"] in ("PLACE", "COUNTRY") and not row["is_metonym"] and row["entity_id"]:
                    code = row["country_code"] or ""
                    return Party("place", code, row["mention_id"], row["char_start"], row["char_end"])
    return None


def _participant_rows(report: _Report, event: Row, place: Party | None) -> Iterator[dict[str, Any]]:
    told = (place, instrument(report.sentence, report.trigger), topic(report.sentence, report.trigger, report.parties))
    for ordinal, party in enumerate([*report.parties, *(each for each in told if each)], start=1):
        yield {
            "event_mention_id": event["event_mention_id"],
            "ordinal": ordinal,
            "role": party.role,
            "mention_id": party.mention_id,
            "country_code": party.country_code or None,
            "char_start": party.start,
            "char_end": party.end,
            "is_implicit": party.is_implicit,
        }


def _fact_rows(document: Document, words: Factuality, lists: FactWords) -> Iterator[dict[str, Any]]:
    for sentence in document.sentences:
        times, quantities = (within(rows, sentence) for rows in (document.times, document.quantities))
        for fact in facts(sentence, document.mentions, quantities, words, lists):
            raw_start, raw_end = document.spans.to_raw(fact.verb.start, max(fact.value_end, fact.verb.end))
            time = time_of(sentence, [fact.verb, *sentence.within(fact.value_start, fact.value_end)], times)
            _, attributed_to = source(document.quotations, fact.verb, sentence)
            yield {
                "fact_id": span_id("fact", sentence.document_id, raw_start, raw_end, fact.property),
                "document_id": sentence.document_id,
                "sentence_number": sentence.number,
                "char_start": sentence.start,
                "char_end": sentence.end,
                "evidence": sentence.text,
                "subject_mention_id": fact.subject_mention_id,
                "property": fact.property,
                "object_mention_id": fact.object_mention_id,
                "value": document.text[fact.value_start : fact.value_end],
                "unit": fact.quantity["unit"] if fact.quantity else None,
                "quantity_id": fact.quantity["quantity_id"] if fact.quantity else None,
                "time_expression_id": time["time_expression_id"] if time else None,
                "is_negated": fact.is_negated,
                "attributed_to": attributed_to,
            }
