// What is shown stands in the address, after the "#": a link, a bookmark and the back button lead to the same view.

const FILTERS = ["q", "country", "with", "kind", "status", "source", "from", "to"];
const DAY = /^\d{4}(-\d\d(-\d\d)?)?$/;

/** The state that the address tells: view (a key of VIEWS), event, and the filters that are set. */
function readAddress() {
  const told = new URLSearchParams(location.hash.slice(1));
  const state = { view: told.get("view") in VIEWS ? told.get("view") : "timeline", event: told.get("event") ?? "" };
  for (const name of FILTERS) state[name] = (told.get(name) ?? "").trim();
  return state;
}

/** The address of a state; what is as usual is left out. */
function address(state) {
  const told = new URLSearchParams();
  if (state.view !== "timeline") told.set("view", state.view);
  for (const name of FILTERS) if (state[name]) told.set(name, state[name]);
  if (state.event) told.set("event", state.event);
  return `#${told}`;
}

/** The address of the state with other filters, without an event. */
const changed = (state, more) => address({ ...state, event: "", ...more });

// Intervals of days: ISO 8601 dates compare as words.

const first = (event) => event.date_start ?? "0000";
const last = (event) => event.date_end ?? "9999";
const isDated = (event) => Boolean(event.date_start || event.date_end);
const isDay = (words) => !words || DAY.test(words);

/** Whether the event may have happened between two days, months or years; one without a date may not. */
const isWithin = (event, from, to) => isDated(event) && last(event) >= from && (!to || first(event) <= `${to}~`);

const STATUS_GROUPS = {
  happened: (event) => Boolean(event.is_occurred),
  "not-happened": (event) => !event.is_occurred,
};
const UNKNOWN = "?"; // a publisher that is not known

/** The rows that pass the filters of a state; rows are events, quotations or sides of conflicts. */
function passing(rows, state) {
  const words = plain(state.q).split(/\s+/).filter(Boolean);
  const tests = [
    state.country && ((row) => row.countries?.includes(state.country)),
    state.with && ((row) => row.countries?.includes(state.with)),
    state.kind && ((row) => row.event_kind === state.kind),
    state.status && (STATUS_GROUPS[state.status] ?? ((row) => row.status === state.status)),
    state.source && ((row) => sourcesOf(row).has(state.source)),
    (state.from || state.to) && isDay(state.from) && isDay(state.to) && ((row) => isWithin(row, state.from, state.to)),
    words.length && ((row) => words.every((word) => searched(row).includes(word))),
  ].filter(Boolean);
  return rows.filter((row) => tests.every((test) => test(row)));
}

// Quotations and conflicts are searched themselves; the other filters choose them by the events they belong to.

const OWN = ["q", "source"];
const isFiltered = (state) => FILTERS.some((name) => state[name]);
const eventsBehind = (state) =>
  FILTERS.some((name) => state[name] && !OWN.includes(name))
    ? passing(data.events, { ...state, q: "", source: "" })
    : null;

function passingQuotations(state) {
  const rows = passing(data.quotations, { q: state.q, source: state.source });
  const events = eventsBehind(state);
  const ids = new Set(events?.flatMap((event) => event.reports.map((report) => report.quotation_id)));
  return events ? rows.filter((row) => ids.has(row.quotation_id)) : rows;
}

function passingConflicts(state) {
  const rows = data.conflicts.filter(({ sides }) => passing(sides, { q: state.q, source: state.source }).length);
  const events = eventsBehind(state);
  const ids = new Set(events?.map((event) => event.event_id));
  return events ? rows.filter(({ sides }) => sides.some((side) => ids.has(side.event_id))) : rows;
}

const remembered = (make) => {
  const known = new WeakMap();
  return (row) => known.get(row) ?? known.set(row, make(row)).get(row);
};

/** The paragraphs in which a row is told: of an event those of its reports, of a quotation its own. */
const paragraphsOf = (row) => [...new Set((row.reports ?? [row]).map((report) => report.paragraph))];
const documentOf = (paragraph) => data.documents[data.paragraphs[paragraph].document];

/** What a row can be filtered by as its source: publishers, and the ids of documents. */
const sourcesOf = remembered((row) => {
  const documents = paragraphsOf(row).map(documentOf);
  return new Set([
    ...(row.publishers ?? []),
    ...documents.flatMap((each) => [each.publisher ?? UNKNOWN, each.document_id]),
  ]);
});

/** The exact words of a report or quotation. */
const wordsOf = ({ paragraph, sentence }) => [...data.paragraphs[paragraph].text].slice(...sentence).join("");

/** All words of a row that the search looks at: its own, and the sentences that tell it. */
const searched = remembered((row) => {
  const sentences = row.reports ?? [row];
  const words = [
    row.event_id,
    row.summary,
    row.event_kind && kindWords(row.event_kind),
    row.place_name,
    row.date,
    row.speaker,
    row.speaker_text,
    ...(row.countries ?? []).map((code) => data.countries[code]),
    ...sentences.map(wordsOf),
    ...paragraphsOf(row).map((each) => documentOf(each).publisher),
  ];
  return plain(words.filter(Boolean).join("\n"));
});
