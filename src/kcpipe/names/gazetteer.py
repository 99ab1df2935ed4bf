"""The data files of `names` made ready: what each alias stands for, and the words that the rules work with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from kcpipe.lexicon import Lexicon, LexiconError, Lexicons, Matcher
from kcpipe.names.reading import normal, plain

LEXICONS = ("countries", "people", "organisations", "places", "titles", "outlets", "country_groups", "name_words")
KINDS = ("name", "abbreviation", "adjective", "demonym", "capital", "leader_seat")
AMBIGUITIES = ("", "shared", "shared_default", "needs", "place", "person", "word", "capitals", "seat")
"""What an alias may also be: `shared` by several countries (`shared_default`: the one meant unless the document
speaks against it), meant only in a document that names all of the column `needs`, another `place`, a `person`, a
`word`, a word in `capitals`, or the `seat` of something else than the country's government."""

SHORTEST_UPPER = 5
"""Shorter names in capitals are often abbreviations of something else."""


class Alias(NamedTuple):
    """One meaning of a fixed name: a country, an organisation, or a phrase of `name_words`."""

    entity_type: str
    entity_id: str | None
    name: str
    country_code: str | None = None
    wikidata_id: str | None = None
    kind: str = "name"
    ambiguity: str = ""
    needs: tuple[str, ...] = ()
    since: int = 0
    until: int = 9999


class Person(NamedTuple):
    """A person; without id when the gazetteer does not know them."""

    person_id: str | None
    name: str
    country_code: str | None


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Everything the rules look up. Expressions made of its words are remembered by which gazetteer it is."""

    fixed: Matcher[tuple[Alias, ...]]
    persons: Mapping[str, Person]
    person_names: Matcher[Person]
    countries: Mapping[str, Alias]
    titles: Mapping[str, str]
    surnames: Mapping[str, str]
    outlets: Mapping[str, str]
    groups: Mapping[str, frozenset[str]]
    generic: frozenset[str]
    words: Mapping[str, Any]


def gazetteer(lexicons: Lexicons) -> Gazetteer:
    """The gazetteer of the data files LEXICONS.

    Raises LexiconError for an unknown kind or ambiguity, a country without a plain name, a person or organisation
    with a country that is none, an id with two names, and an alias of several meanings that does not say so.
    """
    return _build(*(lexicons[name] for name in LEXICONS))


@lru_cache(maxsize=4)
def _build(
    countries: Lexicon,
    people: Lexicon,
    organisations: Lexicon,
    places: Lexicon,
    titles: Lexicon,
    outlets: Lexicon,
    country_groups: Lexicon,
    name_words: Lexicon,
) -> Gazetteer:
    plain_names = _country_names(countries.rows)
    aliases: dict[str, list[Alias]] = {}
    for row in countries.rows:
        aliases.setdefault(plain(row["alias"]), []).append(_country_alias(row, plain_names))
    _refuse_undeclared(aliases)
    for text in [text for text, meanings in aliases.items() if _shouts(text, meanings)]:
        aliases.setdefault(text.upper(), aliases[text])
    names_of_ids: dict[str, str] = {}
    for row in organisations.rows:
        _known_country(row, "org_id", plain_names)
        _one_name(row, "org_id", names_of_ids)
        meaning = Alias("ORG", row["org_id"], row["name"], row["country_code"] or None, row["wikidata_id"] or None)
        _add_only_meaning(aliases, plain(row["alias"]), meaning)
    for entity_type, phrases in name_words.rules["phrases"].items():
        for phrase in phrases if entity_type != "source" else ():
            _add_only_meaning(aliases, phrase, Alias(entity_type, None, phrase))
    for phrase, place in name_words.rules["phrase_adjectives"]["words"].items():
        _add_only_meaning(aliases, phrase, Alias("PLACE", None, place, kind="adjective"))
    for row in places.rows:
        _known_country(row, "name", plain_names)
        code = row["country_code"] or None
        _add_only_meaning(aliases, plain(row["name"]), Alias("PLACE", None, row["name"], code, ambiguity="city"))
    persons: dict[str, Person] = {}
    spellings: dict[str, Person] = {}
    for row in people.rows:
        _known_country(row, "person_id", plain_names)
        _one_name(row, "person_id", names_of_ids)
        person = Person(row["person_id"], row["name"], row["country_code"] or None)
        if persons.setdefault(normal(row["alias"]), person) != person:
            raise LexiconError(f"people: {row['alias']!r} stands for two people")
        spellings[plain(row["alias"])] = person
    groups: dict[str, set[str]] = {}
    for row in country_groups.rows:
        _known_country(row, "word", plain_names)
        groups.setdefault(row["word"], set()).add(row["country_code"])
    return Gazetteer(
        Matcher({text: tuple(meanings) for text, meanings in aliases.items()}),
        persons,
        Matcher(spellings),
        plain_names,
        {row["title"].casefold(): row["kind"] for row in titles.rows},
        {spelling: group[0] for group in reversed(name_words.rules["korean"]["surnames"]) for spelling in group},
        {
            row["name"].casefold(): row["country"]
            for row in outlets.rows
            if row["name"] not in name_words.rules["home"]["worldwide"]
        },
        {word: frozenset(codes) for word, codes in groups.items()},
        frozenset(normal(name) for name in name_words.rules["organisation"]["generic"]),
        name_words.rules,
    )


def _country_names(rows: Iterable[Mapping[str, str]]) -> dict[str, Alias]:
    names: dict[str, Alias] = {}
    for row in rows:
        if row["kind"] not in KINDS or row["ambiguity"] not in AMBIGUITIES:
            raise LexiconError(f"countries: {row['alias']!r}: kind {row['kind']!r}, ambiguity {row['ambiguity']!r}")
        if row["kind"] == "name" and row["country_code"] not in names:
            names[row["country_code"]] = Alias(
                "COUNTRY",
                f"country:{row['country_code']}",
                row["alias"],
                row["country_code"],
                row["wikidata_id"] or None,
            )
    for row in rows:
        for code in (row["country_code"], *row["needs"].split(), *row["successors"].split()):
            if code not in names:
                raise LexiconError(f"countries: {code} has no row of kind 'name'")
    return names


def _country_alias(row: Mapping[str, str], plain_names: Mapping[str, Alias]) -> Alias:
    return plain_names[row["country_code"]]._replace(
        kind=row["kind"],
        ambiguity=row["ambiguity"],
        needs=tuple(row["needs"].split()),
        since=int(row["valid_from"][:4] or 0),
        until=int(row["valid_to"][:4] or 9999),
    )


def _refuse_undeclared(aliases: Mapping[str, list[Alias]]) -> None:
    for text, meanings in aliases.items():
        codes = {meaning.country_code for meaning in meanings}
        if len(meanings) > 1 and (
            len(codes) < len(meanings) or not all(m.ambiguity.startswith("shared") for m in meanings)
        ):
            raise LexiconError(f"countries: {text!r} stands more than once and not every row is declared 'shared'")


def _shouts(text: str, meanings: Iterable[Alias]) -> bool:
    """Whether an alias also counts in capitals, as in old headlines."""
    return len(text) >= SHORTEST_UPPER and all(m.ambiguity in ("", "shared", "shared_default") for m in meanings)


def _add_only_meaning(aliases: dict[str, list[Alias]], text: str, meaning: Alias) -> None:
    if aliases.setdefault(text, [meaning]) != [meaning]:
        raise LexiconError(f"{text!r} stands for {meaning.name} and for {aliases[text][0].name}")


def _one_name(row: Mapping[str, str], key: str, names_of_ids: dict[str, str]) -> None:
    if names_of_ids.setdefault(row[key], row["name"]) != row["name"]:
        raise LexiconError(f"{row[key]}: is named {names_of_ids[row[key]]!r} and {row['name']!r}")


def _known_country(row: Mapping[str, str], key: str, plain_names: Mapping[str, Alias]) -> None:
    if row["country_code"] and row["country_code"] not in plain_names:
        raise LexiconError(f"{row[key]}: no country {row['country_code']}")


@lru_cache(maxsize=64)
def any_of(*words: str) -> str:
    """An expression for literal words, of which the longest is taken first.

    Words that begin alike share a branch: of a plain alternation each of hundreds would be tried at every place.
    """
    return _branches(words)


def _branches(words: Iterable[str]) -> str:
    tails: dict[str, list[str]] = {}
    for word in sorted(filter(None, words)):
        tails.setdefault(word[0], []).append(word[1:])
    found = "|".join(re.escape(first) + (_branches(rest) if any(rest) else "") for first, rest in tails.items())
    return f"(?:{found})" + ("?" if "" in words else "")
