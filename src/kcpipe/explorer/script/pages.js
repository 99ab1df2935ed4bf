// The pages: the timeline, an event with its words, countries, conflicts, quotations.

const ROWS_AT_ONCE = 60;
const LEADING = 6;
const REPORTS_AT_ONCE = 4;

const byTime = (one, other) => {
  const start = (event) => event.date_start ?? event.date_end ?? "9999";
  return start(one).localeCompare(start(other)) || last(one).localeCompare(last(other)) || place.get(one) - place.get(other);
};

/** A list that grows on demand: few rows at first, more at a press; the first new row gets the focus. */
function growing(tag, rows, draw, atOnce, noun) {
  const list = element(tag);
  const button = element("button.more", { type: "button" });
  let drawn = 0;
  const grow = () => {
    const more = rows.slice(drawn, drawn + atOnce).map(draw);
    list.append(...more);
    drawn += more.length;
    button.hidden = drawn >= rows.length;
    button.textContent = `Show ${number(Math.min(atOnce, rows.length - drawn))} more of ${plural(rows.length, noun)}`;
    return more[0];
  };
  button.addEventListener("click", () => grow().querySelector("a, summary")?.focus());
  grow();
  return [list, button.hidden ? null : button];
}

const badge = (event) => (event.is_occurred ? null : element("span.badge.other", { title: data.statuses[event.status] }, event.status));
const conflictBadge = (event) => (event.has_conflict ? element("span.badge.bad", {}, "conflict") : null);
const support = (event) => [plural(event.source_count, "source"), plural(event.mention_count, "report")];

// The timeline

function timelinePage(events, state) {
  const [occurred, other] = [true, false].map((is) => events.filter((event) => Boolean(event.is_occurred) === is));
  const dated = occurred.filter(isDated).sort(byTime);
  const undated = occurred.filter((event) => !isDated(event)).sort(byTime);
  const page = [
    lede(events, occurred, state),
    leading(occurred, state),
    overview(events, state),
    section("What happened", dated, "In order of time. The bar shows the days on which it may have happened, within their year: filled where it lasted all through.", state),
    section("Happened, without a date", undated, "None was guessed; each says why there is none.", state),
    section("Told, but not as happened", other.sort(byTime), "Plans, attempts, forecasts and what is denied: not counted as events that happened.", state, "other"),
  ];
  return page;
}

/** What the release says, in a sentence or two. */
function lede(events, occurred, state) {
  if (FILTERS.some((name) => state[name])) return null;
  const days = occurred.flatMap((event) => [event.date_start, event.date_end]).filter(Boolean).sort();
  const years = days.length ? `, from ${yearOf(days[0])} to ${yearOf(days.at(-1))}` : "";
  const { totals, happened } = data;
  const best = occurred[0];
  return element("p.lede", {},
    `${plural(totals.documents, "article")} ${totals.documents === 1 ? "tells" : "tell"} of ${plural(totals.events, "event")}: ${number(happened)} happened${years}; `,
    `${number(totals.events - happened)} were only planned, attempted or imagined. `,
    best ? ["Told most widely: ", element("a", { href: address({ ...state, event: best.event_id }) }, best.summary.replace(/\.$/, "")), ` (${support(best).join(", ")}).`] : "",
    totals.events > data.events.length ? element("span.note", {}, ` This page holds the ${number(data.events.length)} best supported; the others are in events.parquet.`) : "");
}

/** The events that most sources tell, along a line of time. */
function leading(occurred, state) {
  const best = occurred.filter((event) => isDated(event) && event.mention_count > 1).slice(0, LEADING).sort(byTime);
  if (best.length < 2 || occurred.length <= LEADING) return null;
  const stops = best.map((event) => element("li", {},
    element("span.date", {}, event.date),
    intervalBar(event),
    element("a", { href: address({ ...state, event: event.event_id }) }, withoutDate(event)),
    element("span.soft", {}, support(event).join(", "), " ", conflictBadge(event))));
  return element("figure.leading", {},
    element("figcaption", {}, element("strong", {}, "Told most widely"), " The dated events of most sources and reports, in order of time, not to scale."),
    element("ol", {}, ...stops), origin());
}

/** The summary without its date, where the date stands beside it. */
const withoutDate = (event) => event.summary.replace(` on ${event.date}.`, "").replace(` in ${event.date}.`, "").replace(/\.$/, "");

function section(title, events, words, state, className = "") {
  if (!events.length) return null;
  const id = plain(title).replace(/\W+/g, "-");
  return element("section", { "aria-labelledby": id },
    element("h2", { id }, title, " ", element("small", {}, number(events.length))),
    element("p.soft", {}, words),
    ...growing(`ol.events${className && `.${className}`}`, events, (event) => row(event, state), ROWS_AT_ONCE, "event"));
}

/** An event in a list: when, what, in which words, how well supported. */
function row(event, state) {
  const report = event.reports[0];
  return element("li", {},
    element("div.when", {},
      isDated(event) ? [element("strong", {}, event.date), intervalBar(event)] : element("strong.soft", {}, "no date"),
      element("span.soft", {}, event.precision)),
    element("div.what", {},
      element("a", { href: address({ ...state, event: event.event_id }), id: `row-${event.event_id}` }, event.summary), " ",
      badge(event), conflictBadge(event),
      report ? element("p.soft", {}, sentence(report), " – ", publisherOf(documentOf(report.paragraph))) : null),
    element("div.support", {}, ...support(event).map((words) => element("span", {}, words))));
}

const publisherOf = (document) => quoted(document.publisher ?? document.source_name);

/** The sentence of a report with the word that tells the event. */
function sentence(report) {
  const points = [...data.paragraphs[report.paragraph].text];
  const [start, end] = report.sentence;
  return quoted(pieces(points, report.marks?.filter(([role]) => role === "trigger") ?? [], start, Math.min(end, points.length)));
}

// The evidence

const MARKS = { trigger: "trigger", date: "date", place: "place" }; // all else takes part
const FIRST = ["trigger", "date"]; // where marks lie on one another, these are seen

/** The code points from start to end, with each stretch that means something marked. */
function pieces(points, marks, start = 0, end = points.length) {
  const borders = [start, end, ...marks.flatMap(([, from, to]) => [from, to])].filter((at) => at >= start && at <= end);
  const cuts = [...new Set(borders)].sort((a, b) => a - b);
  const rank = (role) => (FIRST.indexOf(role) + FIRST.length + 1) % (FIRST.length + 1);
  return cuts.slice(0, -1).map((from, at) => {
    const words = points.slice(from, cuts[at + 1]).join("");
    const roles = marks.filter(([, left, right]) => left <= from && from < right).map(([role]) => role);
    if (!roles.length) return words;
    const [role] = roles.sort((a, b) => rank(a) - rank(b));
    return element(`mark.${MARKS[role] ?? "party"}`, { title: roles.join(", ") }, words);
  });
}

/** A paragraph with the sentences of some reports in full ink and their marks; the words around them are paler. */
function paragraph(reports) {
  const { text, is_cut_before, is_cut_after } = data.paragraphs[reports[0].paragraph];
  const points = [...text];
  const told = reports.map((report) => report.sentence).sort((a, b) => a[0] - b[0]);
  const marks = reports.flatMap((report) => report.marks ?? []);
  const parts = [];
  let at = 0;
  for (const [start, end] of told) {
    if (start > at) parts.push(element("span.around", {}, points.slice(at, start).join("")));
    if (end > at) parts.push(element("span", {}, ...pieces(points, marks, Math.max(start, at), Math.min(end, points.length))));
    at = Math.max(at, end);
  }
  if (at < points.length) parts.push(element("span.around", {}, points.slice(at).join("")));
  return element("blockquote.quoted", { dir: "auto" }, is_cut_before ? "… " : "", ...parts, is_cut_after ? " …" : "");
}

/** The words that a mark covers. */
const markedWords = (report, [, from, to]) => [...data.paragraphs[report.paragraph].text].slice(from, to).join("");
const triggerOf = (report) => markedWords(report, report.marks.find(([role]) => role === "trigger"));

/** What stands behind one report: the way of its date, who says so, where each word stands in the raw file. */
function behind(report, name, label) {
  const quotation = data.quotations.find((each) => each.quotation_id === report.quotation_id);
  const where = (mark) => {
    const [role, , , from, to] = mark;
    return element("tr", {}, element("th", { scope: "row" }, role), element("td", {}, quoted(markedWords(report, mark))), element("td.number", {}, `${from}–${to}`));
  };
  const entry = (term, words) => words && [element("dt", {}, term), element("dd", {}, words)];
  const way = report.chain?.flatMap((step, at) => [at ? " → " : "", quoted(step)]) ?? (report.joined ? `not told; joined to ${report.joined}` : "not told");
  return element("div.behind", {},
    label && element("p", {}, element("mark.trigger", {}, label)),
    element("dl", {},
      entry("Date", way),
      entry("Said by", report.attributed_to && quoted(report.attributed_to)),
      entry("In the words of", quotation?.speaker_text && quotation.speaker_text !== report.attributed_to && quoted(quotation.speaker_text)),
      entry("Take care", report.flags?.join("; "))),
    element("details", {}, element("summary", {}, `Raw characters ${report.raw[0]}–${report.raw[1]}`, element("span.soft", {}, " of ", quoted(name))),
      element("table.places", {}, element("tbody", {}, ...(report.marks ?? []).map(where))),
      element("dl", {},
        entry("Understood", report.understood && quoted(report.understood.join("; "))),
        entry("Joined to", report.joined))));
}

/** An article's reports of an event: each paragraph once, and what stands behind each report in it. */
function article(reports, state) {
  const document = documentOf(reports[0].paragraph);
  const byParagraph = [...Map.groupBy(reports, (report) => report.paragraph).values()];
  const draw = (group) => element("div.told-in", {}, paragraph(group),
    ...group.map((report) => behind(report, document.source_name, group.length > 1 && triggerOf(report))));
  return element("article.source", {}, heading(document, state), ...growing("div", byParagraph, draw, REPORTS_AT_ONCE, "paragraph"));
}

function heading(document, state) {
  return element("header", {},
    element("p.publisher", {}, quoted(document.publisher ?? "Unknown publisher"), document.is_copy ? element("span.badge.info", {}, "copy") : null),
    element("h3", {}, quoted(document.title ?? document.source_name)),
    element("p.soft", {},
      document.published ? `Published ${document.published}, ${document.published_basis}` : "No date of publication",
      document.published_text ? [": “", quoted(document.published_text), "”"] : "",
      document.published_reason ? [": ", quoted(document.published_reason)] : "", ". ",
      document.url ? [element("a", { href: document.url, rel: "noreferrer noopener nofollow" }, "The page"), ". "] : "",
      element("a", { href: changed(state, { view: "timeline", q: "", country: "", with: "", kind: "", status: "", from: "", to: "", source: document.document_id }) }, "All it tells")));
}

function eventPage(event, state) {
  const articles = [...Map.groupBy(event.reports, (report) => data.paragraphs[report.paragraph].document).values()];
  const name = (codes) => listed((codes ?? []).map((code) => data.countries[code] ?? code));
  const entry = (term, ...words) => element("div", {}, element("dt", {}, term), element("dd", {}, ...words));
  const conflicts = data.conflicts.filter((each) => each.sides.some((side) => side.event_id === event.event_id));
  const more = event.mention_count - event.reports.length;
  return [
    element("p.back", {}, element("a", { href: address({ ...state, event: "" }) }, "← Back to the list"), element("span.soft", {}, " (Escape)")),
    element("article", { "aria-labelledby": "event-title" },
      element("h2", { id: "event-title", tabIndex: -1 }, event.summary, " ", badge(event), conflictBadge(event)),
      element("dl.facts", {},
        entry("When", isDated(event) ? element("strong", {}, event.date) : "no date", intervalBar(event, ".wide"), element("span.soft", {}, [event.precision, event.basis].filter(Boolean).join("; "))),
        event.actor_countries || event.recipient_countries
          ? entry("Who to whom", name(event.actor_countries) || "not named", " → ", name(event.recipient_countries) || "not named")
          : entry("Who", name(event.countries) || "no country named"),
        event.place_name ? entry("Where", quoted(event.place_name)) : null,
        entry("What", kindWords(event.event_kind), element("span.soft", {}, ` ${data.kinds[event.event_kind] ?? ""} (${event.event_type})`)),
        entry("Status", event.status, element("span.soft", {}, ` ${data.statuses[event.status]}`)),
        entry("Support", `at least ${plural(event.source_count, "source")}`, element("span.soft", {}, ` in ${plural(event.document_count, "article")}, ${plural(event.mention_count, "report")}; confidence ${(event.confidence ?? 0).toFixed(2)}`))),
      conflicts.length ? [element("h3", {}, "What does not agree"), ...conflicts.map((each) => conflict(each, state))] : null,
      element("h3", {}, "In which words ", element("small", {}, plural(articles.length, "article"))),
      element("p.soft", {}, "Marked: ", element("mark.trigger", {}, "the word that tells it"), " ", element("mark.party", {}, "who takes part"), " ", element("mark.date", {}, "the words of its date"), " ", element("mark.place", {}, "where"), "."),
      element("div.sources", {}, ...articles.map((each) => article(each, state))),
      more > 0 ? element("p.soft", {}, `${plural(more, "more report")} in event_mentions.parquet.`) : null,
      event.links ? [element("h3", {}, "Belongs together with"), element("ul.links", {}, ...event.links.map((link) => linked(link, state)))] : null,
      element("h3", {}, "Check it"),
      element("p", {}, "Down to the raw characters, on the command line, where ", element("code", {}, "output"), " is the folder of releases: ", element("code.command", {}, `kcpipe trace ${event.event_id.slice(0, 12)} --output output --version ${data.release}`))),
  ];
}

function linked([words, id], state) {
  const other = eventOf.get(id);
  return other ? element("li", {}, `${words}: `, element("a", { href: address({ ...state, event: id }) }, other.summary)) : null;
}

// Conflicts, quotations, countries

function conflict({ attribute, sides }, state) {
  return element("section.conflict", { "aria-label": `Conflict of ${attribute}` },
    element("p", {}, element("span.badge.bad", {}, attribute), " Both cannot hold:"),
    element("div.sources", {}, ...sides.map((side) => {
      const document = documentOf(side.paragraph);
      const event = eventOf.get(side.event_id);
      return element("article.source", {},
        element("p.publisher", {}, publisherOf(document)),
        side.claim.length < 60 ? element("p", {}, element("strong", {}, quoted(side.claim))) : null,
        paragraph([side]),
        event && state.event !== event.event_id ? element("p", {}, element("a", { href: address({ ...state, event: event.event_id }) }, event.summary)) : null,
        element("p.soft", {}, `Raw characters ${side.raw[0]}–${side.raw[1]} of `, quoted(document.source_name)));
    })));
}

function conflictsPage(events, state) {
  const shown = new Set(events.map((event) => event.event_id));
  const isShown = ({ sides }) => sides.some((side) => !side.event_id || shown.has(side.event_id)) ;
  const rows = FILTERS.some((name) => state[name]) ? data.conflicts.filter(isShown) : data.conflicts;
  const left = data.totals.conflicts - data.conflicts.length;
  return [
    element("h2", {}, "Conflicts ", element("small", {}, number(rows.length))),
    element("p.soft", {}, "Claims that cannot both hold, beside each other; which is right is for the reader to judge."),
    rows.length ? growing("div", rows, (each) => conflict(each, state), ROWS_AT_ONCE, "conflict") : element("p", {}, "None."),
    left > 0 ? element("p.soft", {}, `${number(left)} more in conflicts.parquet.`) : null,
    origin("conflicts"),
  ];
}

function quotationsPage(rows, state) {
  const tellers = Map.groupBy(data.events.flatMap((event) => event.reports.map((report) => ({ event, id: report.quotation_id }))).filter(({ id }) => id), ({ id }) => id);
  const draw = (quotation) => {
    const document = documentOf(quotation.paragraph);
    const told = [...new Set((tellers.get(quotation.quotation_id) ?? []).map(({ event }) => event))];
    const isIndirect = quotation.quotation_kind === "indirect";
    return element("li", {},
      element("blockquote.quoted", { dir: "auto" }, isIndirect ? quotation.text : `“${quotation.text}”`),
      element("p", {}, element("strong", {}, quoted(quotation.speaker ?? quotation.speaker_text ?? "Speaker not named")),
        quotation.speaker && quotation.speaker_text && quotation.speaker !== quotation.speaker_text ? [" as ", quoted(quotation.speaker_text)] : "",
        element("span.soft", {}, isIndirect ? " in the words of the article, " : ", ", publisherOf(document))),
      told.length ? element("p.soft", {}, "Tells: ", ...told.flatMap((event, at) => [at ? "; " : "", element("a", { href: address({ ...state, view: "timeline", event: event.event_id }) }, event.summary)])) : null,
      element("details", {}, element("summary", {}, "In its paragraph"), paragraph([quotation]),
        element("p.soft", {}, `Raw characters ${quotation.raw[0]}–${quotation.raw[1]} of `, quoted(document.source_name))));
  };
  const left = data.totals.quotations - data.quotations.length;
  return [
    element("h2", {}, "Quotations ", element("small", {}, number(rows.length))),
    element("p.soft", {}, "Who said what, those with a named speaker first."),
    rows.length ? growing("ol.quotations", rows, draw, ROWS_AT_ONCE, "quotation") : element("p", {}, "None."),
    left > 0 ? element("p.soft", {}, `${number(left)} more in quotations.parquet.`) : null,
    origin("quotations"),
  ];
}

function countriesPage(events, state) {
  const occurred = events.filter((event) => event.is_occurred);
  return [element("h2", {}, "Countries"), occurred.length ? matrix(occurred, state) : element("p", {}, "No events.")];
}
