// The first page: what most sources tell, when things happened, and the list of events.

const ROWS_AT_ONCE = 60;
const LEADING = 12;

const byTime = (one, other) => {
  const start = (event) => event.date_start ?? event.date_end ?? "9999";
  return (
    start(one).localeCompare(start(other)) || last(one).localeCompare(last(other)) || place.get(one) - place.get(other)
  );
};

const badge = (event) =>
  event.is_occurred ? null : element("span.badge.other", { title: data.statuses[event.status] }, event.status);
const conflictBadge = (event) => (event.has_conflict ? element("span.badge.bad", { title: "another report contradicts it" }, "conflict") : null);
const support = (event) => [plural(event.source_count, "source"), plural(event.mention_count, "report")];

// The timeline

function timelinePage(events, state) {
  const best = leading(events);
  const [occurred, other] = [true, false].map((is) => events.filter((event) => Boolean(event.is_occurred) === is));
  const dated = occurred.filter(isDated).sort(byTime);
  const undated = occurred.filter((event) => !isDated(event)).sort(byTime);
  return [
    lede(occurred, state),
    timeFigure(events, state),
    best.length ? spansFigure(best, state) : null,
    section(
      "What happened",
      dated,
      `In order of time.${undated.length ? ` ${number(undated.length)} more without a date stand below.` : ""}`,
      state,
    ),
    section("Happened, without a date", undated, "None was guessed; each says why there is none.", state),
    section(
      "Told, but not as happened",
      other.sort(byTime),
      "Plans, attempts, forecasts and what is denied: not counted as events that happened.",
      state,
      "other",
    ),
  ];
}

/** What the release says, in a sentence or two. */
function lede(occurred, state) {
  if (isFiltered(state)) return null;
  const { totals, happened } = data;
  const years = happened.first ? `, from ${yearOf(happened.first)} to ${yearOf(happened.last)}` : "";
  const best = occurred.find(isWidelyTold);
  return element(
    "p.lede",
    `${plural(totals.documents, "article")} ${totals.documents === 1 ? "tells" : "tell"} of ${plural(totals.events, "event")}: ${number(happened.count)} happened${years}; `,
    `${number(totals.events - happened.count)} ${totals.events - happened.count === 1 ? "was" : "were"} only planned, attempted, imagined or denied. `,
    best
      ? [
          "Told most widely: ",
          element("a", { href: address({ ...state, event: best.event_id }) }, best.summary.replace(/\.$/, "")),
          ` (${support(best).join(", ")}).`,
        ]
      : "",
    totals.events > data.events.length
      ? element(
          "span.note",
          ` This page holds the ${number(data.events.length)} best supported; the others are in events.parquet, and kcpipe trace shows the words of each.`,
        )
      : "",
  );
}

const isWidelyTold = (event) => event.mention_count > 1;

/** The dated events that most sources tell, in the order of time; of events that are told once each, the surest. */
function leading(events) {
  const dated = events.filter(isDated);
  const widely = dated.filter(isWidelyTold);
  return (widely.length ? widely : dated).slice(0, LEADING).sort(byTime);
}

/** The summary without its date, where the date stands beside it. */
const withoutDate = (event) =>
  event.summary
    .replace(` on ${event.date}.`, "")
    .replace(` in ${event.date}.`, "")
    .replace(/ (between|from) \d[^,]* (and|to) [^,]*\d{4}\.$/, "")
    .replace(/\.$/, "");

function section(title, events, words, state, className = "") {
  if (!events.length) return null;
  const opened = left?.list === address(state) ? events.findIndex((event) => event.event_id === left.event) : -1;
  const id = plain(title).replace(/\W+/g, "-");
  return element(
    "section",
    { "aria-labelledby": id },
    element("h2", { id }, title, " ", element("small", number(events.length))),
    element("p.soft", words),
    ...growing(
      `ol.events${className && `.${className}`}`,
      events,
      (event) => row(event, state),
      ROWS_AT_ONCE,
      "event",
      opened,
    ),
  );
}

/** An event in a list: when, what, in which words, how well supported. */
function row(event, state) {
  const report = event.reports[0];
  return element(
    "li",
    element(
      "div.when",
      isDated(event) ? element("strong", event.date) : element("strong.soft", "no date"),
      element("span.soft", event.precision),
    ),
    element(
      "div.what",
      element("a", { href: address({ ...state, event: event.event_id }), id: `row-${event.event_id}` }, event.summary),
      " ",
      badge(event),
      conflictBadge(event),
      report ? element("p.soft", sentence(report), " – ", publisherOf(documentOf(report.paragraph))) : null,
    ),
    element("div.support", ...support(event).map((words) => element("span", words))),
  );
}

const publisherOf = (document) => quoted(document.publisher ?? document.source_name);

/** The sentence of a report with the word that tells the event. */
function sentence(report) {
  const points = [...data.paragraphs[report.paragraph].text];
  const [start, end] = report.sentence;
  return quoted(
    pieces(points, report.marks?.filter(([role]) => role === "trigger") ?? [], start, Math.min(end, points.length)),
  );
}
