"""From reports to events: what is one happening, what stays two, what belongs together, what cannot both hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from articles import Article, Tables, tables_of

Row = dict[str, Any]

FILLERS = (
    "The market hall in the old town was full of people who had come to buy apples and bread before the holiday.",
    "Farmers in the valley say that the rain came late this year and that the barley will be sold at a loss.",
    "A new library with room for two hundred readers has been built beside the river after ten years of waiting.",
    "Swimmers were asked to keep away from the northern beach because of the waves that come in every autumn.",
)


def article(number: int, *sentences: str, publisher: str | None = None, published: str | None = None) -> Article:
    """An article with fillers of its own number, so that no two are near copies."""
    opening, closing = FILLERS[number], FILLERS[number - len(FILLERS) // 2]
    return Article(f"Notes of the day\n\n{opening} {' '.join(sentences)}\n\n{closing}\n", publisher, published)


def corpus(*articles: Article) -> Tables:
    return tables_of({f"{number}.txt": article for number, article in enumerate(articles)})


def events(tables: Tables, kind: str) -> list[Row]:
    return [row for row in tables["events"].to_pylist() if row["event_kind"] == kind]


def reports(tables: Tables, kind: str) -> list[Row]:
    return [row for row in tables["event_mentions"].to_pylist() if row["event_kind"] == kind]


def methods(tables: Tables, kind: str) -> list[str | None]:
    return sorted((row["event_link_method"] or "-" for row in reports(tables, kind)), reverse=True)


def as_set(table: pa.Table, columns: Sequence[str]) -> set[tuple[Any, ...]]:
    return {tuple(map(str, row.values())) for row in table.select(columns).to_pylist()}


ON_THE_DAY = "Kenya and Peru established diplomatic relations on 3 May 2019."
ON_FRIDAY = "Peru established diplomatic relations with Kenya on Friday."
UNDATED = "Kenya and Peru established diplomatic relations."


def test_one_happening_in_two_texts_is_one_event_of_two_sources() -> None:
    tables = corpus(
        article(0, ON_THE_DAY, publisher="Alpha Times", published="2019-06-01"),
        article(1, ON_FRIDAY, publisher="Beta Post", published="2019-05-04"),
    )
    [event] = events(tables, "establish_relations")
    assert (event["mention_count"], event["document_count"], event["source_count"]) == (2, 2, 2)
    assert event["publishers"] == ["Alpha Times", "Beta Post"]
    assert event["date_start"] == event["date_end"]
    assert methods(tables, "establish_relations") == ["same_date", "-"]


def test_the_report_published_first_names_the_event() -> None:
    dates = ("2019-06-01", "2019-07-01")
    for first, last in (dates, reversed(dates)):
        one, other = article(0, ON_THE_DAY, published=first), article(1, ON_THE_DAY, published=last)
        [event] = events(corpus(one, other), "establish_relations")
        [report] = reports(corpus(one if first < last else other), "establish_relations")
        assert event["event_id"] == report["event_mention_id"]


def test_two_visits_in_a_year_stay_two() -> None:
    told = ("The Indian prime minister visited Japan in 2019.", "In 2019, the Indian prime minister visited Japan.")
    tables = corpus(
        article(0, told[0]), article(1, told[1]), article(2, "India's prime minister visited Japan in May.")
    )
    assert len(events(tables, "visit")) == 3


def test_a_visit_on_one_day_is_one() -> None:
    tables = corpus(
        article(0, "The Indian prime minister visited Japan on 7 May 2019."),
        article(1, "On 7 May 2019, the Indian prime minister visited Japan."),
    )
    assert [event["document_count"] for event in events(tables, "visit")] == [2]


def test_a_date_and_a_year_around_it_are_one_for_what_happens_once() -> None:
    tables = corpus(article(0, ON_THE_DAY), article(1, "In 2019 Kenya established diplomatic relations with Peru."))
    [event] = events(tables, "establish_relations")
    assert (event["document_count"], event["date_precision"]) == (2, "day")


def test_other_parties_other_years_and_plans_are_other_events() -> None:
    tables = corpus(
        article(0, ON_THE_DAY),
        article(1, "Kenya and Chile established diplomatic relations on 3 May 2019."),
        article(2, "Kenya and Peru established diplomatic relations in 1970."),
        article(3, "Kenya and Peru plan to establish diplomatic relations on 3 May 2019."),
    )
    found = {
        (*row["countries"], row["date_start"].year, row["status"]) for row in events(tables, "establish_relations")
    }
    assert found == {
        ("KEN", "PER", 2019, "occurred"),
        ("CHL", "KEN", 2019, "occurred"),
        ("KEN", "PER", 1970, "occurred"),
        ("KEN", "PER", 2019, "planned"),
    }


def test_an_undated_report_joins_the_only_event_that_it_can_have_known() -> None:
    tables = corpus(article(0, ON_THE_DAY), article(1, UNDATED, published="2020-01-01"))
    [event] = events(tables, "establish_relations")
    assert event["mention_count"] == 2
    assert methods(tables, "establish_relations") == ["only_in_corpus", "-"]


def test_an_undated_report_joins_nothing_that_came_later_or_when_its_own_date_is_unknown() -> None:
    for published in ("2018-01-01", None):
        tables = corpus(article(0, ON_THE_DAY), article(1, UNDATED, published=published))
        assert len(events(tables, "establish_relations")) == 2


def test_an_undated_report_that_may_be_either_of_two_joins_neither() -> None:
    tables = corpus(
        article(0, ON_THE_DAY),
        article(1, "Kenya and Peru established diplomatic relations in 1970."),
        article(2, UNDATED, published="2020-01-01"),
    )
    assert [event["mention_count"] for event in events(tables, "establish_relations")] == [1, 1, 1]


def test_an_undated_visit_joins_none() -> None:
    tables = corpus(
        article(0, "The Indian prime minister visited Japan on 7 May 2019."),
        article(1, "The Indian prime minister visited Japan.", published="2019-06-01"),
    )
    assert len(events(tables, "visit")) == 2


def test_an_undated_report_joins_the_event_of_its_own_text() -> None:
    tables = corpus(article(0, ON_THE_DAY, FILLERS[3], "Peru established diplomatic relations with Kenya."))
    assert [event["mention_count"] for event in events(tables, "establish_relations")] == [2]
    assert methods(tables, "establish_relations") == ["only_in_text", "-"]


def test_the_same_words_for_an_open_date_are_one_in_a_text_and_two_in_two() -> None:
    twice = (ON_FRIDAY, FILLERS[3], "On Friday, Kenya established diplomatic relations with Peru.")
    assert [event["mention_count"] for event in events(corpus(article(0, *twice)), "establish_relations")] == [2]
    tables = corpus(article(0, ON_FRIDAY), article(1, twice[2]))
    assert [event["mention_count"] for event in events(tables, "establish_relations")] == [1, 1]


def test_what_is_told_as_not_having_happened_belongs_to_no_event() -> None:
    tables = corpus(
        article(0, ON_THE_DAY), article(1, "Kenya and Peru did not establish diplomatic relations in 2019.")
    )
    assert {row["event_id"] is None for row in reports(tables, "establish_relations") if row["is_negated"]} == {True}
    [event] = events(tables, "establish_relations")
    assert event["mention_count"] == 1


def test_copies_add_no_source() -> None:
    original = article(0, ON_THE_DAY, FILLERS[1], FILLERS[2], publisher="Alpha Times")
    reprint = original._replace(text=original.text + "\n", publisher="Beta Post")
    [event] = events(corpus(original, reprint), "establish_relations")
    assert (event["document_count"], event["source_count"]) == (2, 1)


def test_a_denial_written_after_the_day_is_a_conflict_and_one_before_it_is_none() -> None:
    denial = "Kenya has not established diplomatic relations with Peru."
    for published, expected in (("2020-01-01", 1), ("2018-01-01", 0)):
        tables = corpus(article(0, ON_THE_DAY), article(1, denial, published=published))
        conflicts = tables["conflicts"].to_pylist()
        assert len(conflicts) == expected
        [event] = events(tables, "establish_relations")
        assert event["has_conflict"] == bool(expected)
    for row in corpus(article(0, ON_THE_DAY), article(1, denial, published="2020-01-01"))["conflicts"].to_pylist():
        assert (row["attribute"], row["claim_a"], row["claim_b"]) == ("polarity", ON_THE_DAY, denial)


def test_what_a_pair_did_on_one_day_is_one_occasion() -> None:
    tables = corpus(
        article(0, "Kenya and Peru exchanged diplomatic notes on 3 May 2019."),
        article(1, ON_THE_DAY),
        article(2, "Kenya and Chile signed an agreement on 3 May 2019."),
    )
    kinds = {row["event_id"]: row["event_kind"] for row in tables["events"].to_pylist()}
    links = [
        ({kinds[row["event_id"]], kinds[row["related_event_id"]]}, row["relation"])
        for row in tables["event_links"].to_pylist()
    ]
    assert links == [({"exchange_notes", "establish_relations"}, "same_occasion")]


def test_what_one_country_did_on_one_day_need_not_be_one_occasion() -> None:
    tables = corpus(
        article(0, "The Kenyan government announced a reform of its schools on 3 May 2019."),
        article(1, "The Kenyan government approved the agreement on 3 May 2019."),
    )
    assert len(tables["events"]) == 2
    assert tables["event_links"].to_pylist() == []


def test_a_plan_that_came_true_is_linked_to_what_realised_it() -> None:
    plan = "Kenya and Peru agreed to establish diplomatic relations."
    for published, expected in (("2019-01-10", [("occurred", "planned", "realises")]), ("2019-08-01", [])):
        tables = corpus(article(0, plan, published=published), article(1, ON_THE_DAY))
        statuses = {row["event_id"]: row["status"] for row in tables["events"].to_pylist()}
        links = tables["event_links"].to_pylist()
        assert [(statuses[r["event_id"]], statuses[r["related_event_id"]], r["relation"]) for r in links] == expected


def test_the_order_of_the_input_does_not_matter() -> None:
    articles = {
        "a.txt": article(0, ON_THE_DAY, "Kenya and Peru signed an agreement on 3 May 2019.", published="2019-06-01"),
        "b.txt": article(1, UNDATED, published="2020-01-01"),
        "c.txt": article(2, "Kenya and Peru agreed to establish diplomatic relations.", published="2019-01-10"),
        "d.txt": article(3, "Kenya has not established diplomatic relations with Peru.", published="2021-01-01"),
    }
    forward, backward = tables_of(articles), tables_of(dict(reversed(articles.items())))
    for name in ("events", "event_links", "conflicts", "event_mentions"):
        assert forward[name].num_rows
        columns = forward[name].column_names
        assert as_set(forward[name], columns) == as_set(backward[name], columns)


def test_a_document_on_other_matters_changes_no_event() -> None:
    told = (article(0, ON_THE_DAY, published="2019-06-01"), article(1, UNDATED, published="2020-01-01"))
    before = corpus(*told)
    after = corpus(*told, article(2, "Fiji opened an embassy in Chile on 3 May 2019.", published="2018-01-01"))
    assert events(before, "establish_relations")
    assert events(before, "establish_relations") == events(after, "establish_relations")


def test_an_attempt_without_a_date_is_not_the_one_that_has_a_date() -> None:
    tables = corpus(
        article(0, "Kenya sought to establish diplomatic relations with Peru in 2014."),
        article(1, "Kenya sought to establish diplomatic relations with Peru.", published="2020-01-01"),
    )
    assert [event["mention_count"] for event in events(tables, "establish_relations")] == [1, 1]


def test_an_open_interval_is_no_date_to_join_by() -> None:
    tables = corpus(
        article(0, ON_THE_DAY), article(1, "Kenya and Peru have established diplomatic relations since 1970.")
    )
    assert len(events(tables, "establish_relations")) == 2


CALLED = "The Kenyan ambassador telephoned the Peruvian foreign minister on 3 May 2019."


def test_what_a_text_tells_of_one_day_with_fewer_parties_is_the_one_event_that_has_more() -> None:
    one_side = "Peru received a phone call on 3 May 2019."
    tables = corpus(article(0, one_side, CALLED))
    [event] = events(tables, "call")
    assert (event["mention_count"], event["actor_countries"], event["recipient_countries"]) == (2, ["KEN"], ["PER"])
    assert methods(tables, "call") == ["more_parties", "-"]
    assert {report["event_id"] for report in reports(tables, "call")} == {event["event_id"]}
    assert len(events(corpus(article(0, one_side), article(1, CALLED)), "call")) == 2


def test_which_event_of_two_texts_takes_up_the_one_with_fewer_parties_is_no_chance() -> None:
    one_side = "Peru received a phone call on 3 May 2019."
    for country in ("Chilean", "Ghanaian", "Bolivian", "Cuban", "Indian", "Nigerian"):
        tables = corpus(article(0, one_side, CALLED), article(1, one_side, CALLED.replace("Kenyan", country)))
        told = reports(tables, "call")
        first = min(report["document_id"] for report in told)
        [caller] = [row["event_id"] for row in told if row["document_id"] == first and row["actor_countries"]]
        assert {row["event_id"] for row in told if not row["actor_countries"]} == {caller}


def test_two_agreements_of_one_day_on_other_matters_stay_two() -> None:
    trade = "Kenya and Peru signed a trade agreement on 3 May 2019."
    fishing = "Kenya and Peru signed a fishing agreement on 3 May 2019."
    assert len(events(corpus(article(0, trade, fishing)), "sign_agreement")) == 2
    again = "On 3 May 2019, Kenya and Peru signed an agreement."
    assert len(events(corpus(article(0, trade), article(1, again)), "sign_agreement")) == 1


def test_notes_exchanged_are_part_of_the_relations_they_establish() -> None:
    told = "Kenya and Peru established diplomatic relations on 3 May 2019, exchanging diplomatic notes in Geneva."
    tables = corpus(article(0, told))
    kinds = {row["event_id"]: row["event_kind"] for row in tables["events"].to_pylist()}
    links = [
        (kinds[r["event_id"]], r["relation"], kinds[r["related_event_id"]]) for r in tables["event_links"].to_pylist()
    ]
    assert links == [("exchange_notes", "part_of", "establish_relations")]


def test_an_ambassador_for_one_and_his_deputy_for_another_is_a_conflict() -> None:
    deputy = "The Kenyan deputy ambassador telephoned the Peruvian foreign minister on 3 May 2019."
    tables = corpus(article(0, CALLED), article(1, deputy))
    assert [row["attribute"] for row in tables["conflicts"].to_pylist()] == ["actor"]
    assert [event["has_conflict"] for event in events(tables, "call")] == [True]
    assert corpus(article(0, CALLED), article(1, CALLED))["conflicts"].to_pylist() == []


def test_two_reports_that_tell_both_sides_of_a_meeting_by_other_offices_are_one_conflict() -> None:
    met = "The Kenyan ambassador met the Peruvian ambassador in Nairobi on 3 May 2019."
    deputies = "The Kenyan deputy ambassador met the Peruvian deputy ambassador in Nairobi on 3 May 2019."
    tables = corpus(article(0, met), article(1, deputies))
    assert [row["attribute"] for row in tables["conflicts"].to_pylist()] == ["actor"]
    assert [event["has_conflict"] for event in events(tables, "meet")] == [True]


def test_one_sentence_that_two_weeks_print_is_no_conflict_of_dates() -> None:
    """The other words for it are: both texts cannot be right about the Friday."""
    later = article(1, "On Friday, Kenya established diplomatic relations with Peru.", published="2019-05-11")
    first = article(0, ON_FRIDAY, published="2019-05-04")
    assert [row["attribute"] for row in corpus(first, later)["conflicts"].to_pylist()] == ["date"]
    again = article(1, ON_FRIDAY, published="2019-05-11")
    assert corpus(first, again)["conflicts"].to_pylist() == []


def test_counts_that_differ_are_a_conflict() -> None:
    told = "The Kenyan president met Peruvian officials {} times on 3 May 2019."
    tables = corpus(article(0, told.format("two")), article(1, told.format("three")))
    assert [row["attribute"] for row in tables["conflicts"].to_pylist()] == ["count"]


def test_who_proposed_what_came_about_is_a_conflict_where_texts_name_different_ones() -> None:
    ours = "The establishment of diplomatic relations was proposed by Kenya in April 2019."
    for theirs in (
        "On 12 April 2019 Peru proposed to establish diplomatic relations.",
        "Peru's proposal to establish diplomatic relations was old. Kenya accepted Peru's proposal.",
    ):
        tables = corpus(article(0, ours, ON_THE_DAY), article(1, theirs, ON_THE_DAY))
        [conflict] = tables["conflicts"].to_pylist()
        assert conflict["attribute"] == "actor"
        assert {conflict["claim_a"], conflict["claim_b"]} <= {ours, *theirs.replace("old. ", "old.|").split("|")}


def test_proposals_of_both_sides_at_other_times_or_of_other_things_are_no_conflict() -> None:
    ours = "The establishment of diplomatic relations was proposed by Kenya in April 2019."
    for theirs in (
        "In 2014 Peru proposed to establish diplomatic relations.",
        "Peru proposed to establish diplomatic relations.",
        "On 12 April 2019 Peru proposed a ban on nets.",
        "On 12 April 2019 Kenya proposed to establish diplomatic relations.",
    ):
        tables = corpus(article(0, ours, ON_THE_DAY), article(1, theirs, ON_THE_DAY))
        assert tables["conflicts"].to_pylist() == []


def test_an_ambassador_for_one_and_his_minister_for_another_is_none() -> None:
    """Only a deputy and the one he stands in for rival each other; an ambassador and a minister may both have met."""
    minister = "The Kenyan minister telephoned the Peruvian foreign minister on 3 May 2019."
    assert corpus(article(0, CALLED), article(1, minister))["conflicts"].to_pylist() == []
