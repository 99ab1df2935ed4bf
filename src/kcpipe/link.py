"""One entity, one id across documents: spellings of one person, a name with and without its country, acronyms.

Countries are final when they come here. A merge needs more than a likeness: the countries must not contradict each
other, there must be only one candidate, and a Korean name spelled in another way must be compatible syllable by
syllable and, unless the given name is written the same, come with the same office. Each merge has method and score.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.joins import in_one
from kcpipe.lexicon import Lexicons
from kcpipe.tables import TABLES, build

MERGED_TYPES = ("PERSON", "ORG", "PLACE")
ROWS = 1_000
"""Spellings that are Python's objects at a time before they are entities."""
KOREAS = (None, "KOR", "PRK")

# What the vowels of a romanised Korean syllable may stand for: a letter per Hangul vowel, glides as y and w.
# "u" is u in the Revised system but also eo in customary spellings (Suk, Sung); "o" is eo in the North's (Sok, Jong).
_VOWELS = {
    "a": "a", "ah": "a", "ae": "e", "ai": "e", "e": "e", "eo": "v", "ou": "u", "eu": "x", "i": "i", "ee": "i",
    "ie": "i", "ui": "X", "yi": "X", "o": "ov", "oe": "O", "oi": "O", "oo": "u", "woo": "u", "wu": "u", "u": "uvx",
    "ya": "A", "yae": "E", "ye": "E", "yeo": "V", "yo": "PV", "yoo": "U", "you": "UV", "yu": "UV",
    "wa": "W", "wae": "Y", "we": "Y", "weo": "Z", "wo": "Z", "wi": "w",
}  # fmt: skip
_ONSETS = {"k": "g", "kk": "g", "g": "g", "t": "d", "d": "d", "p": "b", "b": "b", "ch": "j", "j": "j", "sh": "s"}
_ONSETS |= {"r": "r", "l": "r", "tch": "j", "jj": "j", "tt": "d", "pp": "b", "ss": "s"}
_CODAS = {"k": "g", "g": "g", "ck": "g", "t": "d", "d": "d", "p": "b", "b": "b", "r": "l", "l": "l", "n": "n"}
_SYLLABLE = re.compile(r"([^aeiouyw]*)([yw]?[aeiou]+h?)(ng|[^aeiouyw]*)")


class Link(NamedTuple):
    """What `link` makes."""

    entities: pa.Table
    mention_links: pa.Table


@dataclass(slots=True)
class Entity:
    """An entity as the drafts have it."""

    entity_id: str
    entity_type: str
    names: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    forms: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    offices: set[frozenset[str]] = field(default_factory=set)
    known_as: set[str] = field(default_factory=set)
    wikidata_id: str | None = None
    mention_count: int = 0

    @property
    def country_code(self) -> str | None:
        """Its country, if it is one."""
        return next(iter(self.codes)) if len(self.codes) == 1 else None

    @property
    def name(self) -> str:
        """The name most mentions give it, then the first in sort order."""
        return min(self.names, key=lambda name: (-self.names[name], name))

    @property
    def is_known(self) -> bool:
        """Whether its id is a gazetteer's key."""
        return ":" in self.entity_id


class Merge(NamedTuple):
    """One entity found to be another."""

    entity_id: str
    into: str
    method: str
    score: float


def link(*, mention_drafts: pa.Table, clean_documents: pa.Table, lexicons: Lexicons) -> Link:
    """Merge the draft entities of all documents.

    mention_drafts, clean_documents: tables of those names. lexicons: name_words, for the spellings of Korean
    surnames; distinct, the pairs that are never merged; countries, for the successors of historical states. Returns
    one `entities` row per entity that a mention was linked to, and for each draft entity its final id.
    """
    entities = _entities(mention_drafts)
    surnames = {
        spelling.casefold(): group[0]
        for group in reversed(lexicons["name_words"].rules["korean"]["surnames"])
        for spelling in group
    }
    distinct = {frozenset(_key(row[side]) for side in ("one", "other")) for row in lexicons["distinct"].rows}
    merges: dict[str, Merge] = {}
    for find in (_same_name, _acronyms, lambda known: _romanised(known, surnames)):
        # Found before any is carried out: what absorbs others may come to be called by one of their names.
        for merge in list(find([entity for key, entity in entities.items() if key not in merges])):
            is_new = merge.into not in merges and merge.entity_id not in merges
            if is_new and not _are_distinct(entities[merge.into], entities[merge.entity_id], distinct):
                merges[merge.entity_id] = merge
                _absorb(entities[merge.into], entities[merge.entity_id])
    finals = {key: _final(key, merges) for key in entities}
    successors = {
        f"country:{row['country_code']}": row["successors"].split()
        for row in lexicons["countries"].rows
        if row["successors"]
    }
    met = _documents_of(mention_drafts, clean_documents, finals)
    table = _entity_table(entities, met, successors)
    return Link(table, _link_table(finals, merges))


def _key(name_or_id: str) -> str:
    """What a row of `distinct` means: an entity's id, or a name however it is written."""
    return name_or_id if ":" in name_or_id else _normal(name_or_id)


def _are_distinct(one: Entity, other: Entity, distinct: set[frozenset[str]]) -> bool:
    """Whether a row of `distinct` keeps the two apart, by any id or name that was merged into them."""
    return any(frozenset((a, b)) in distinct for a in one.known_as for b in other.known_as) if distinct else False


def _entities(drafts: pa.Table) -> dict[str, Entity]:
    """The distinct draft entities, by id, in the order of ids."""
    keys = ["entity_id", "entity_type", "mention_kind", "name", "text", "country_code", "wikidata_id", "role_text"]
    counted = drafts.select(keys).group_by(keys).aggregate([([], "count_all")])
    counted = counted.filter(pc.is_valid(counted.column("entity_id"))).sort_by([(key, "ascending") for key in keys])
    entities: dict[str, Entity] = {}
    for row in (row for rows in counted.to_batches(max_chunksize=ROWS) for row in rows.to_pylist()):
        key = row["entity_id"]
        entity = entities.setdefault(key, Entity(key, "COUNTRY" if key.startswith("country:") else row["entity_type"]))
        form = " ".join(row["text"].split())
        entity.names[row["name"] or form] += row["count_all"]
        entity.mention_count += row["count_all"]
        if row["mention_kind"] in ("name", "adjectival"):
            entity.forms.add(form)
        if row["country_code"]:
            entity.codes.add(row["country_code"])
        if row["role_text"]:
            entity.offices.add(_office(row["role_text"]))
        entity.wikidata_id = entity.wikidata_id or row["wikidata_id"]
    for entity in entities.values():
        entity.known_as = {entity.entity_id, *map(_normal, (*entity.names, *entity.forms))}
    return entities


def _absorb(target: Entity, other: Entity) -> None:
    for name, count in other.names.items():
        if not target.is_known:
            target.names[name] += count
    target.forms |= other.forms | ({other.name} if not target.is_known else set())
    target.codes |= other.codes
    target.offices |= other.offices
    target.known_as |= other.known_as
    target.mention_count += other.mention_count


def _final(key: str, merges: Mapping[str, Merge]) -> str:
    while key in merges:
        key = merges[key].into
    return key


def _ranked(entities: Iterable[Entity]) -> list[Entity]:
    """Those that others are merged into first: gazetteer keys, with a country, with most mentions."""
    return sorted(entities, key=lambda e: (not e.is_known, not e.codes, -e.mention_count, e.entity_id))


def _same_name(entities: list[Entity]) -> Iterator[Merge]:
    """A name without country is the one entity of that name that has one."""
    groups: dict[tuple[str, str], list[Entity]] = defaultdict(list)
    for entity in entities:
        name = _normal(entity.name)
        if entity.entity_type in MERGED_TYPES and (entity.entity_type != "PERSON" or " " in name):
            groups[entity.entity_type, name].append(entity)
    for group in groups.values():
        told, untold = [e for e in group if e.codes], [e for e in group if not e.codes]
        if len(told) == 1:
            yield from (Merge(entity.entity_id, told[0].entity_id, "same_name", 0.8) for entity in untold)


def _acronyms(entities: list[Entity]) -> Iterator[Merge]:
    """A one-word organisation is the one longer-named organisation that some document abbreviates so."""
    organisations = [entity for entity in entities if entity.entity_type == "ORG"]
    by_form: dict[str, list[Entity]] = defaultdict(list)
    for entity in organisations:
        for form in entity.forms:
            if " " not in form and " " in entity.name:
                by_form[form].append(entity)
    for entity in organisations:
        owners = by_form.get(entity.name, []) if not entity.is_known else []
        if len(owners) == 1 and (not entity.codes or entity.codes == owners[0].codes):
            yield Merge(entity.entity_id, owners[0].entity_id, "acronym", 0.8)


def _romanised(entities: list[Entity], surnames: Mapping[str, str]) -> Iterator[Merge]:
    """Two spellings of one Korean name."""
    groups: dict[tuple[str, int], list[tuple[Entity, list[str]]]] = defaultdict(list)
    for entity in entities:
        parts = korean_parts(entity.name, surnames)
        if entity.entity_type == "PERSON" and parts and entity.country_code in KOREAS:
            groups[parts[0], len(parts[1])].append((entity, parts[1]))
    for group in groups.values():
        given = {entity.entity_id: syllables for entity, syllables in group}
        ranked = _ranked(entity for entity, _ in group)
        for place, entity in reversed(list(enumerate(ranked))):
            fits = [
                (target, score)
                for target in ranked[:place]
                if (score := _likeness(entity, target, given[entity.entity_id], given[target.entity_id]))
            ]
            if len(fits) == 1:
                yield Merge(entity.entity_id, fits[0][0].entity_id, "romanisation", fits[0][1])


def _likeness(one: Entity, other: Entity, given: list[str], other_given: list[str]) -> float:
    """Trust that two people of one surname are the same; 0 when they are not or it is not clear."""
    if one.codes and other.codes and one.codes != other.codes:
        return 0.0
    same_office = any(a <= b or b <= a for a in one.offices for b in other.offices)
    if given == other_given:
        is_spelled_alike = one.name.split()[0].casefold() == other.name.split()[0].casefold()
        if one.codes == other.codes or same_office:
            return 0.95
        return 0.85 if is_spelled_alike else 0.0  # "Ri" is the North's spelling of what the South writes "Lee"
    fits = all(may_be_same(a, b) for a, b in zip(given, other_given, strict=True))
    return 0.8 if fits and same_office else 0.0


def korean_parts(name: str, surnames: Mapping[str, str]) -> tuple[str, list[str]] | None:
    """A Korean name as its surname's group and the syllables of the given name; None when it is not written as one.

    surnames: from lower-case spelling to the group's first spelling.
    """
    first, _, given = _plain(name).replace(",", "").partition(" ")
    syllables = re.split(r"[- ]", given)
    if first not in surnames or not 1 <= len(syllables) <= 2 or not all(_SYLLABLE.fullmatch(s) for s in syllables):
        return None
    return surnames[first], syllables


def may_be_same(one: str, other: str) -> bool:
    """Whether two romanised syllables can be spellings of one Korean syllable: "seok", "suk", "sok"."""
    a, b = _sounds(one), _sounds(other)
    return a is not None and b is not None and a[0] == b[0] and bool(set(a[1]) & set(b[1])) and a[2] == b[2]


def _sounds(syllable: str) -> tuple[str, str, str] | None:
    match = _SYLLABLE.fullmatch(syllable)
    if match is None or match[2] not in _VOWELS:
        return None
    return _ONSETS.get(match[1], match[1]), _VOWELS[match[2]], _CODAS.get(match[3], match[3])


def _plain(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c)).casefold()


def _normal(name: str) -> str:
    return " ".join(re.sub(r"[-.,]", " ", _plain(name)).split())


def _office(role: str) -> frozenset[str]:
    """The telling words of an office: "Foreign Minister" and "Minister of Foreign Affairs" give the same."""
    return frozenset(re.findall(r"[a-z]+", role.casefold())) - {"the", "of", "and", "for", "a", "an", "affairs", "s"}


def _documents_of(
    mention_drafts: pa.Table, clean_documents: pa.Table, finals: Mapping[str, str]
) -> dict[str, tuple[int, str]]:
    """For each final entity how many documents mention it, and the first of them by the date that they state.

    A pair of entity and document is a number: there may be very many.
    """
    documents = clean_documents.select(["document_id", "stated_start"]).sort_by(
        [("stated_start", "ascending"), ("document_id", "ascending")]
    )
    ids, final_ids = in_one(documents.column("document_id")), sorted(set(finals.values()))
    number_of = {final: number for number, final in enumerate(final_ids)}
    numbers = pa.array([number_of[final] for final in finals.values()], pa.int64())
    drafts = pc.index_in(mention_drafts.column("entity_id"), value_set=pa.array(list(finals), pa.string()))
    orders = pc.index_in(mention_drafts.column("document_id"), value_set=ids).cast(pa.int64())
    pairs = pc.add(pc.multiply(numbers.take(in_one(drafts)), len(ids)), in_one(orders)).drop_null()
    entity, order = np.divmod(np.unique(pairs.to_numpy()), max(len(ids), 1))
    firsts, counts = np.unique(entity, return_index=True, return_counts=True)[1:]
    first_ids = ids.take(pa.array(order[firsts])).to_pylist()
    return dict(zip(final_ids, zip(counts.tolist(), first_ids, strict=True), strict=True))


def _entity_table(
    entities: Mapping[str, Entity], met: Mapping[str, tuple[int, str]], successors: Mapping[str, list[str]]
) -> pa.Table:
    return build(
        TABLES["entities"],
        (
            {
                "entity_id": key,
                "entity_type": entity.entity_type,
                "name": entity.name,
                "country_code": entity.country_code,
                "wikidata_id": entity.wikidata_id,
                "successors": successors.get(key, []),
                "aliases": sorted(entity.forms - {entity.name}),
                "mention_count": entity.mention_count,
                "document_count": met[key][0],
                "first_document_id": met[key][1],
            }
            for key, entity in sorted(entities.items())
            if key in met
        ),
    )


def _link_table(finals: Mapping[str, str], merges: Mapping[str, Merge]) -> pa.Table:
    return build(
        TABLES["mention_links"],
        (
            {
                "draft_entity_id": key,
                "entity_id": final,
                "link_method": merges[key].method if key in merges else None,
                "link_score": merges[key].score if key in merges else None,
            }
            for key, final in sorted(finals.items())
        ),
    )
