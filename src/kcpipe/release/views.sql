
-- Joins that are asked for most. They read the views above.

CREATE OR REPLACE VIEW events_with_evidence AS
SELECT
    events.event_id, events.summary, events.event_kind, events.status, events.date_start, events.date_end,
    reports.event_mention_id, reports.evidence, reports.trigger_text, reports.date_text,
    reports.date_start AS report_start, reports.date_end AS report_end, reports.date_basis AS report_basis,
    reports.unresolved_reason, reports.attributed_to, documents.publisher, documents.source_uri, documents.title,
    documents.published_start, documents.published_end, reports.document_id, reports.char_start, reports.char_end
FROM events
JOIN event_mentions AS reports USING (event_id)
JOIN documents ON documents.document_id = reports.document_id
ORDER BY events.date_start NULLS LAST, events.event_id, documents.source_uri, reports.char_start;
COMMENT ON VIEW events_with_evidence IS
    'One row per report of an event: the event and its date, the sentence that tells it and the date told there, the document.';

CREATE OR REPLACE VIEW sources_per_event AS
SELECT
    events.event_id, events.summary, events.source_count,
    coalesce(documents.publisher, 'unknown') AS publisher,
    count(DISTINCT documents.document_id) AS documents,
    count(*) AS reports,
    min(documents.published_start) AS first_published
FROM events
JOIN event_mentions AS reports USING (event_id)
JOIN documents ON documents.document_id = reports.document_id
GROUP BY ALL
ORDER BY events.source_count DESC, events.event_id, publisher;
COMMENT ON VIEW sources_per_event IS
    'One row per event and publisher that tells it; all unknown publishers are one. Copies count as documents here, but once in source_count.';

CREATE OR REPLACE VIEW dyads_per_month AS
SELECT
    one.country_code AS country_a, other.country_code AS country_b,
    date_trunc('month', events.date_start)::DATE AS month,
    count(DISTINCT events.event_id) AS events,
    list_sort(list(DISTINCT events.event_kind)) AS kinds
FROM events
JOIN event_countries AS one USING (event_id)
JOIN event_countries AS other ON other.event_id = one.event_id AND one.country_code < other.country_code
WHERE events.is_occurred AND date_trunc('month', events.date_start) = date_trunc('month', events.date_end)
GROUP BY ALL
ORDER BY month, country_a, country_b;
COMMENT ON VIEW dyads_per_month IS
    'What happened between two countries in a month, in alphabetical order of their codes. Events whose date is not known to within one month are left out.';
