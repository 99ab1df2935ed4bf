"""What a suite can look at beside the columns of its own table: what other tables say about the same row.

An expectation sees one table. That a quote equals the characters of its document, or that a count equals the rows it
counts, is therefore put as a comparison of two columns, one of which is worked out here. Each function takes the
frames of all tables and returns one value per row of its table, in the order of the rows; what cannot be told is null.
`VIEWS` names them, so that the suites stay the place where it is said what must hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from kcpipe import lexicon
from kcpipe.supplied import language_code, outlet_name

if TYPE_CHECKING:
    import pandas as pd

MOST_DAYS = {
    "minute": 1,
    "day": 1,
    "week": 7,
    "month": 31,
    "quarter": 92,
    "half": 184,
    "season": 92,
    "year": 366,
    "decade": 3_653,
    "century": 36_525,
}
"""The longest interval that each precision can mean; interval and unknown can mean any."""


_WORD = re.compile(r"\w+")


class Frames:
    """The released tables as pandas frames, each made once, when it is first asked for."""

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        self._tables = tables
        self._made: dict[str, pd.DataFrame] = {}

    def __getitem__(self, table: str) -> pd.DataFrame:
        if table not in self._made:
            self._made[table] = self._tables[table].to_pandas()
        return self._made[table]

    def with_views(self, table: str, columns: Iterable[str]) -> pd.DataFrame:
        """A copy of the table's frame with those of the columns added that are views."""
        frame = self[table].copy()
        for name in columns:
            if name not in frame:
                frame[name] = VIEWS[table][name](self)
        return frame

    def look_up(self, table: str, key: str, other: str, column: str, other_key: str = "") -> pd.Series:
        """For each row of a table the column of the one row of the other table that its key points to."""
        return _align(self[other].set_index(other_key or key)[column], self[table][key])

    def look_up_pair(self, table: str, keys: list[str], other: str, column: str) -> pd.Series:
        """The same for a key of several columns, named alike in both tables."""
        return self[table][keys].merge(self[other][[*keys, column]], how="left", on=keys)[column]

    def count(self, table: str, key: str, other: str, other_key: str = "") -> pd.Series:
        """For each row of a table how many rows of the other one point to it."""
        return _align(self[other].groupby(other_key or key).size(), self[table][key]).fillna(0).astype(int)


def _align(found: pd.Series, keys: pd.Series) -> pd.Series:
    """For each key what was found for it, null where nothing was. Unlike Series.map it keeps the type on no rows."""
    return found.reindex(keys).set_axis(keys.index)


View = Callable[[Frames], Any]


# texts


def _characters(frames: Frames, table: str, start: str = "char_start", end: str = "char_end") -> list[str | None]:
    """The characters of documents.text at [start, end)."""
    texts = dict(zip(frames["documents"]["document_id"], frames["documents"]["text"], strict=True))
    return _cut(texts, frames[table], start, end)


def _cut(texts: Mapping[str, str], frame: pd.DataFrame, start: str, end: str) -> list[str | None]:
    """The characters of each row's text at its [start, end); null where an offset is null."""
    known = frame[start].notna() & frame[end].notna()
    starts, ends = (frame[column].fillna(0).astype(int) for column in (start, end))
    return [
        texts.get(document, "")[first:last] if is_known else None
        for document, first, last, is_known in zip(frame["document_id"], starts, ends, known, strict=True)
    ]


def _raw_characters(frames: Frames) -> list[str | None]:
    """The characters of the raw record under a run of text_spans, put together again from the raw lines.

    The lines do not hold their line ends: one missing character is taken for LF, two for CRLF.
    """
    pieces: dict[str, list[str]] = {}
    position: dict[str, int] = {}
    lines = frames["lines"].sort_values(["document_id", "line_number"])
    columns = (lines[name] for name in ("document_id", "raw_start", "raw_end", "text"))
    for document, start, end, text in zip(*columns, strict=True):
        gap = start - position.get(document, 0)
        line_end = "\n" if gap == 1 else "\r\n".rjust(gap) if gap > 1 else ""
        pieces.setdefault(document, []).append(line_end + text)
        position[document] = end
    raw = {document: "".join(parts) for document, parts in pieces.items()}
    return _cut(raw, frames["text_spans"], "raw_start", "raw_end")


def _length(frames: Frames, table: str, start: str = "char_start", end: str = "char_end") -> pd.Series:
    return frames[table][end] - frames[table][start]


def _text_length(frames: Frames, table: str) -> pd.Series:
    return frames[table]["text"].str.len()


def _document_length(frames: Frames, table: str) -> pd.Series:
    lengths = frames["documents"].set_index("document_id")["text"].str.len()
    return _align(lengths, frames[table]["document_id"])


def _furthest(frames: Frames, other: str, column: str) -> pd.Series:
    """For each document the greatest value of a column in another table; 0 where that has no row."""
    furthest = frames[other].groupby("document_id")[column].max()
    return _align(furthest, frames["documents"]["document_id"]).fillna(0)


def _first_line(frames: Frames) -> pd.Series:
    """The first line of the text; null where the title was supplied and stands nowhere in it."""
    fields, documents = frames["document_fields"], frames["documents"]
    supplied = fields.loc[(fields["field"] == "title") & (fields["basis"] == "supplied"), "document_id"]
    return documents["text"].str.split("\n", n=1).str[0].mask(documents["document_id"].isin(supplied))


def _kept_share(frames: Frames) -> pd.Series:
    raw = _furthest(frames, "lines", "raw_end")
    return (_text_length(frames, "documents") / raw).where(raw > 0)


def _since_previous(frames: Frames, table: str, start: str, end: str, first: int = 0) -> pd.Series:
    """From the end of the row before in the same document to this row's start; `first` stands before the first row."""
    frame = frames[table].sort_values(["document_id", start], kind="stable")
    return frame[start] - frame.groupby("document_id")[end].shift(fill_value=first)


def _sentence(frames: Frames, table: str, column: str) -> pd.Series:
    return frames.look_up_pair(table, ["document_id", "sentence_number"], "sentences", column)


# dates


def _ordinal(days: pd.Series) -> pd.Series:
    return days.map(date.toordinal, na_action="ignore").astype(float)


def _days(frames: Frames, table: str, start: str = "date_start", end: str = "date_end") -> pd.Series:
    """How many days the interval spans; null when a bound is open."""
    return _ordinal(frames[table][end]) - _ordinal(frames[table][start]) + 1


def _most_days(frames: Frames, table: str, precision: str = "date_precision") -> pd.Series:
    return frames[table][precision].map(MOST_DAYS).astype(float)


def _days_after(frames: Frames, table: str, published: pd.Series) -> pd.Series:
    return _ordinal(frames[table]["date_start"]) - _ordinal(published)


# countries


def _joined(frames: Frames, table: str, column: str) -> list[str]:
    return [" ".join(values) for values in frames[table][column]]


def _sorted(frames: Frames, table: str, column: str) -> list[str]:
    return [" ".join(sorted(set(values))) for values in frames[table][column]]


def _countries_outside(frames: Frames, table: str) -> list[int]:
    """Actors and recipients that are not among the countries."""
    frame = frames[table]
    columns = zip(frame["countries"], frame["actor_countries"], frame["recipient_countries"], strict=True)
    return [len({*actors, *recipients} - {*countries}) for countries, actors, recipients in columns]


def _is_self_dyad(frames: Frames) -> list[bool]:
    """One and the same country on both sides, and not told as two parties within it."""
    frame = frames["event_mentions"]
    columns = zip(frame["actor_countries"], frame["recipient_countries"], frame["flags"], strict=True)
    return [
        len(actors) > 0 < len(recipients) and len({*actors, *recipients}) == 1 and "domestic" not in flags
        for actors, recipients, flags in columns
    ]


def _countries_of_event(frames: Frames) -> pd.Series:
    codes = frames["event_countries"].groupby("event_id")["country_code"].agg(lambda each: " ".join(sorted(set(each))))
    return _align(codes, frames["events"]["event_id"]).fillna("")


# reports, facts, claims


def _reporting_documents(frames: Frames) -> pd.Series:
    documents = frames["event_mentions"].groupby("event_id")["document_id"].nunique()
    return _align(documents, frames["events"]["event_id"]).fillna(0).astype(int)


def _in_conflict(frames: Frames) -> pd.Series:
    conflicts = frames["conflicts"]
    return frames["events"]["event_id"].isin({*conflicts["event_id_a"].dropna(), *conflicts["event_id_b"].dropna()})


def _document_of_claim(frames: Frames, side: str) -> pd.Series:
    reports = frames.look_up(
        "conflicts", f"event_mention_id_{side}", "event_mentions", "document_id", "event_mention_id"
    )
    return reports.fillna(frames.look_up("conflicts", f"fact_id_{side}", "facts", "document_id", "fact_id"))


def _sources_of_claim(frames: Frames, side: str) -> pd.Series:
    return frames["conflicts"][[f"event_mention_id_{side}", f"fact_id_{side}"]].notna().sum(axis=1)


def _has_alias_of_own_name(frames: Frames) -> list[bool]:
    entities = frames["entities"]
    return [name in aliases for name, aliases in zip(entities["name"], entities["aliases"], strict=True)]


def _of_report(column: str) -> View:
    return lambda frames: frames.look_up("participants", "event_mention_id", "event_mentions", column)


# what was supplied


def _days_from_stated(frames: Frames) -> pd.Series:
    """By how many days the supplied day lies before (-) or after (+) the stated date; null unless both are known."""
    records = frames["records"]
    is_stated = frames.look_up("records", "document_id", "documents", "published_basis") == "stated"
    supplied = _ordinal(records["published_supplied"].where(is_stated).map(_day, na_action="ignore"))
    start = _ordinal(frames.look_up("records", "document_id", "documents", "published_start"))
    end = _ordinal(frames.look_up("records", "document_id", "documents", "published_end"))
    return (supplied - end).clip(lower=0) + (supplied - start).clip(upper=0)


def _day(words: str) -> date | None:
    """The day that an ISO 8601 date or time begins with; None for a year, a month and anything else."""
    try:
        return date.fromisoformat(words.strip()[: len("2024-02-14")])
    except ValueError:
        return None


def _is_other(
    frames: Frames, column: str, supplied: str, is_same: Callable[[str, str], bool] | None = None
) -> list[bool | None]:
    """Whether what was supplied differs from what the document has; null where nothing was, or several things were.

    is_same: of the supplied words and the document's; without it, the same but for case.
    """
    records = frames["records"]
    known = frames.look_up("records", "document_id", "documents", column)
    several = records.groupby("document_id")[supplied].transform("nunique").fillna(0) > 1
    pairs = zip(records[supplied], known, several, strict=True)
    return [
        None
        if not isinstance(given, str) or not isinstance(has, str) or many
        else not (is_same(given, has) if is_same else given.casefold() == has.casefold())
        for given, has, many in pairs
    ]


def _is_same_outlet(given: str, has: str) -> bool:
    outlets = lexicon.load("outlets")
    return outlet_name(given, outlets).casefold() == outlet_name(has, outlets).casefold()


def _is_same_language(given: str, has: str) -> bool:
    return language_code(given, lexicon.load("languages")) in (None, has)


def _is_same_title(given: str, has: str) -> bool:
    """Whether one headline holds the words of the other: a site's name may stand behind it."""
    one, other = (" ".join(_WORD.findall(title.casefold())) for title in (given, has))
    return one in other or other in one


def _same_spans(table: str) -> dict[str, View]:
    """The views of a table whose rows stand in a text and quote it."""
    return {
        "text_in_document": partial(_characters, table=table),
        "document_length": partial(_document_length, table=table),
    }


def _same_parties(table: str) -> dict[str, View]:
    """The views of a table with countries and a kind of event."""
    return {
        "countries_joined": partial(_joined, table=table, column="countries"),
        "countries_sorted": partial(_sorted, table=table, column="countries"),
        "countries_outside": partial(_countries_outside, table=table),
        "kind_event_type": lambda frames: frames.look_up(table, "event_kind", "event_kinds", "event_type"),
    }


def _same_dates(table: str) -> dict[str, View]:
    """The views of a table with a date interval."""
    return {"date_days": partial(_days, table=table), "most_days": partial(_most_days, table=table)}


VIEWS: Mapping[str, Mapping[str, View]] = {
    "records": {
        "quarantine_count": lambda frames: frames.count("records", "source_uri", "quarantine"),
        "days_from_stated": _days_from_stated,
        "is_other_publisher": partial(
            _is_other, column="publisher", supplied="publisher_supplied", is_same=_is_same_outlet
        ),
        "is_other_url": partial(_is_other, column="url", supplied="url"),
        "is_other_title": partial(_is_other, column="title", supplied="title_supplied", is_same=_is_same_title),
        "is_other_language": partial(
            _is_other, column="language", supplied="language_supplied", is_same=_is_same_language
        ),
    },
    "documents": {
        "text_length": partial(_text_length, table="documents"),
        "kept_share": _kept_share,
        "mapped_length": partial(_furthest, other="text_spans", column="char_end"),
        "line_count": lambda frames: frames.count("documents", "document_id", "lines"),
        "sentence_count": lambda frames: frames.count("documents", "document_id", "sentences"),
        "first_line": _first_line,
        "raw_sha256_head": lambda frames: frames["documents"]["raw_sha256"].str[:32],
        "record_document_id": lambda frames: frames.look_up("documents", "source_uri", "records", "document_id"),
        "first_copy_of": lambda frames: frames.look_up(
            "documents", "duplicate_of", "documents", "duplicate_of", "document_id"
        ),
        "first_copy_published": lambda frames: frames.look_up(
            "documents", "duplicate_of", "documents", "published_start", "document_id"
        ),
        "published_days": partial(_days, table="documents", start="published_start", end="published_end"),
        "most_days": partial(_most_days, table="documents", precision="published_precision"),
    },
    "lines": {
        "text_length": partial(_text_length, table="lines"),
        "raw_length": partial(_length, table="lines", start="raw_start", end="raw_end"),
        "document_length": partial(_document_length, table="lines"),
        "line_step": partial(_since_previous, table="lines", start="line_number", end="line_number"),
        "raw_gap": partial(_since_previous, table="lines", start="raw_start", end="raw_end", first=-1),
    },
    "text_spans": {
        "clean_characters": partial(_characters, table="text_spans"),
        "raw_characters": _raw_characters,
        "clean_gap": partial(_since_previous, table="text_spans", start="char_start", end="char_end"),
    },
    "sentences": {
        **_same_spans("sentences"),
        "length": partial(_length, table="sentences"),
        "sentence_step": partial(_since_previous, table="sentences", start="sentence_number", end="sentence_number"),
        "clean_gap": partial(_since_previous, table="sentences", start="char_start", end="char_end"),
    },
    "time_expressions": {
        **_same_spans("time_expressions"),
        **_same_dates("time_expressions"),
        "document_published_end": lambda frames: frames.look_up(
            "time_expressions", "document_id", "documents", "published_end"
        ),
    },
    "mentions": _same_spans("mentions"),
    "mention_members": {
        "member_count": lambda frames: frames.count("mention_members", "mention_id", "mention_members"),
    },
    "entities": {
        "country_in_id": lambda frames: frames["entities"]["entity_id"].str.extract(r"^country:(.*)$", expand=False),
        "linked_mentions": lambda frames: frames.count("entities", "entity_id", "mentions"),
        "has_alias_of_own_name": _has_alias_of_own_name,
    },
    "quotations": {
        **_same_spans("quotations"),
        "speaker_in_document": partial(_characters, table="quotations", start="speaker_start", end="speaker_end"),
    },
    "quantities": _same_spans("quantities"),
    "event_mentions": {
        "evidence_in_document": partial(_characters, table="event_mentions"),
        "trigger_in_document": partial(_characters, table="event_mentions", start="trigger_start", end="trigger_end"),
        "sentence_start": partial(_sentence, table="event_mentions", column="char_start"),
        "sentence_end": partial(_sentence, table="event_mentions", column="char_end"),
        **_same_parties("event_mentions"),
        **_same_dates("event_mentions"),
        "is_self_dyad": _is_self_dyad,
        "is_flagged_self_dyad": lambda frames: frames["event_mentions"]["flags"].map(lambda each: "self_dyad" in each),
        "participant_count": lambda frames: frames.count("event_mentions", "event_mention_id", "participants"),
        "days_after_publication": lambda frames: _days_after(
            frames,
            "event_mentions",
            frames.look_up("event_mentions", "document_id", "documents", "published_end"),
        ),
        "expression_text": lambda frames: frames.look_up(
            "event_mentions", "time_expression_id", "time_expressions", "text"
        ),
        "expression_document_id": lambda frames: frames.look_up(
            "event_mentions", "time_expression_id", "time_expressions", "document_id"
        ),
        "event_kind_of_event": lambda frames: frames.look_up("event_mentions", "event_id", "events", "event_kind"),
    },
    "participants": {
        "sentence_start": _of_report("char_start"),
        "sentence_end": _of_report("char_end"),
        "report_document_id": _of_report("document_id"),
        "mention_document_id": lambda frames: frames.look_up("participants", "mention_id", "mentions", "document_id"),
        "mention_start": lambda frames: frames.look_up("participants", "mention_id", "mentions", "char_start"),
    },
    "events": {
        **_same_parties("events"),
        **_same_dates("events"),
        "report_count": lambda frames: frames.count("events", "event_id", "event_mentions"),
        "reporting_documents": _reporting_documents,
        "event_id_of_best_report": lambda frames: frames.look_up(
            "events", "best_event_mention_id", "event_mentions", "event_id", "event_mention_id"
        ),
        "country_rows": _countries_of_event,
        "country_count": lambda frames: frames["events"]["countries"].map(len),
        "days_after_publication": lambda frames: _days_after(frames, "events", frames["events"]["first_published"]),
        "publisher_count": lambda frames: frames["events"]["publishers"].map(len),
        "is_in_conflicts": _in_conflict,
    },
    "event_links": {
        "is_to_itself": lambda frames: frames["event_links"]["event_id"] == frames["event_links"]["related_event_id"],
        "is_occurred": lambda frames: frames.look_up("event_links", "event_id", "events", "is_occurred"),
    },
    "facts": {
        "evidence_in_document": partial(_characters, table="facts"),
        "sentence_start": partial(_sentence, table="facts", column="char_start"),
        "sentence_end": partial(_sentence, table="facts", column="char_end"),
    },
    "conflicts": {
        "sources_a": partial(_sources_of_claim, side="a"),
        "sources_b": partial(_sources_of_claim, side="b"),
        "document_of_a": partial(_document_of_claim, side="a"),
        "document_of_b": partial(_document_of_claim, side="b"),
        "claims_are_equal": lambda frames: frames["conflicts"]["claim_a"] == frames["conflicts"]["claim_b"],
    },
}
