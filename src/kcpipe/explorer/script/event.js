// The page of an event: what is known of it, and in which words.

const REPORTS_AT_ONCE = 4; // paragraphs of an article

const MARKS = { trigger: "trigger", date: "date", place: "place", instrument: "means", topic: "means" }; // all else takes part
const FIRST = ["trigger", "date"]; // where marks lie on one another, these are seen

/** The code points from start to end, with each stretch that means something marked. */
function pieces(points, marks, start = 0, end = points.length) {
  const borders = [start, end, ...marks.flatMap(([, from, to]) => [from, to])].filter((at) => at >= start && at <= end);
  const cuts = [...new Set(borders)].sort((a, b) => a - b);
  const rank = (role) => (FIRST.includes(role) ? FIRST.indexOf(role) : FIRST.length);
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
    if (start > at) parts.push(element("span.around", points.slice(at, start).join("")));
    if (end > at)
      parts.push(element("span", ...pieces(points, marks, Math.max(start, at), Math.min(end, points.length))));
    at = Math.max(at, end);
  }
  if (at < points.length) parts.push(element("span.around", points.slice(at).join("")));
  return element("blockquote.quoted", { dir: "auto" }, is_cut_before ? "… " : "", ...parts, is_cut_after ? " …" : "");
}

/** The words that a mark covers. */
const markedWords = (report, [, from, to]) => [...data.paragraphs[report.paragraph].text].slice(from, to).join("");
const triggerOf = (report) =>
  markedWords(
    report,
    report.marks.find(([role]) => role === "trigger"),
  );

/** What stands behind one report: the way of its date, who says so, where each word stands in the raw file. */
function behind(report, name, label) {
  const quotation = data.quotations.find((each) => each.quotation_id === report.quotation_id);
  const where = (mark) => {
    const [role, , , from, to] = mark;
    return element(
      "tr",
      element("th", { scope: "row" }, role),
      element("td", quoted(markedWords(report, mark))),
      element("td.number", `${from}–${to}`),
    );
  };
  const entry = (term, words) => words && [element("dt", term), element("dd", words)];
  const way =
    report.chain?.flatMap((step, at) => [at ? " → " : "", quoted(step)]) ??
    (report.joined ? `not told; joined to ${report.joined}` : "not told");
  return element(
    "div.behind",
    label && element("p", element("mark.trigger", label)),
    element(
      "dl",
      entry("Date", way),
      entry("Said by", report.attributed_to && quoted(report.attributed_to)),
      entry(
        "In the words of",
        quotation?.speaker_text && quotation.speaker_text !== report.attributed_to && quoted(quotation.speaker_text),
      ),
      entry("Note", report.flags?.join("; ")),
    ),
    element(
      "details",
      element(
        "summary",
        `Raw characters ${report.raw[0]}–${report.raw[1]}`,
        element("span.soft", " of ", quoted(name)),
      ),
      element("table.places", element("tbody", ...(report.marks ?? []).map(where))),
      element(
        "dl",
        entry("Understood", report.understood && quoted(report.understood.join("; "))),
        entry("Joined to", report.joined),
      ),
    ),
  );
}

/** An article's reports of an event: each paragraph once, and what stands behind each report in it. */
function article(reports) {
  const document = documentOf(reports[0].paragraph);
  const byParagraph = [...Map.groupBy(reports, (report) => report.paragraph).values()];
  const draw = (group) =>
    element(
      "div.told-in",
      paragraph(group),
      ...group.map((report) => behind(report, document.source_name, group.length > 1 && triggerOf(report))),
    );
  return element(
    "article.source",
    heading(document),
    ...growing("div", byParagraph, draw, REPORTS_AT_ONCE, "paragraph"),
  );
}

function heading(document) {
  return element(
    "header",
    element(
      "p.publisher",
      quoted(document.publisher ?? "Unknown publisher"),
      document.is_copy ? element("span.badge.info", "copy") : null,
    ),
    element("h3", quoted(document.title ?? document.source_name)),
    element(
      "p.soft",
      document.published ? `Published ${document.published}, ${document.published_basis}` : "No date of publication",
      document.published_text ? [": “", quoted(document.published_text), "”"] : "",
      document.published_reason ? [": ", quoted(document.published_reason)] : "",
      ". ",
      document.url ? [element("a", { href: document.url, rel: "noreferrer noopener nofollow" }, "The page"), ". "] : "",
      element("a", { href: address({ view: "timeline", source: document.document_id }) }, "All it tells"),
    ),
  );
}

function eventPage(event, state) {
  const articles = [...Map.groupBy(event.reports, (report) => data.paragraphs[report.paragraph].document).values()];
  const name = (codes) => listed((codes ?? []).map((code) => data.countries[code] ?? code));
  const entry = (term, ...words) => element("div", element("dt", term), element("dd", ...words));
  const conflicts = data.conflicts.filter((each) => each.sides.some((side) => side.event_id === event.event_id));
  const more = event.mention_count - event.reports.length;
  return [
    element(
      "p.back",
      element("a", { href: address({ ...state, event: "" }) }, "← Back to the list"),
      element("span.soft", " (Escape)"),
    ),
    element(
      "article",
      { "aria-labelledby": "event-title" },
      element("h2", { id: "event-title", tabIndex: -1 }, event.summary, " ", badge(event), conflictBadge(event)),
      element(
        "dl.facts",
        entry(
          "When",
          isDated(event) ? element("strong", event.date) : "no date",
          element("span.soft", [event.precision, event.basis].filter(Boolean).join("; ")),
        ),
        event.actor_countries || event.recipient_countries
          ? entry(
              "Who to whom",
              name(event.actor_countries) || "not named",
              " → ",
              name(event.recipient_countries) || "not named",
            )
          : entry("Who", name(event.countries) || "no country named"),
        event.place_name ? entry("Where", quoted(event.place_name)) : null,
        entry(
          "What",
          kindWords(event.event_kind),
          element("span.soft", ` ${data.kinds[event.event_kind] ?? ""} (${event.event_type})`),
        ),
        entry("Status", event.status, element("span.soft", ` ${data.statuses[event.status]}`)),
        entry(
          "Support",
          `at least ${plural(event.source_count, "source")}`,
          element(
            "span.soft",
            ` in ${plural(event.document_count, "article")}, ${plural(event.mention_count, "report")}; confidence ${(event.confidence ?? 0).toFixed(2)}`,
          ),
        ),
      ),
      isDated(event) ? spanFigure(event) : null,
      conflicts.length
        ? [element("h3", "What does not agree"), ...conflicts.map((each) => conflict(each, state))]
        : null,
      element("h3", "In which words ", element("small", plural(articles.length, "article"))),
      element(
        "p.soft",
        "Marked: ",
        element("mark.trigger", "the word that tells it"),
        " ",
        element("mark.party", "who takes part"),
        " ",
        element("mark.date", "the words of its date"),
        " ",
        element("mark.place", "where"),
        " ",
        element("mark.means", "by what, about what"),
        ".",
      ),
      element("div.sources", ...articles.map(article)),
      more > 0 ? element("p.soft", `${plural(more, "more report")} in event_mentions.parquet.`) : null,
      event.links
        ? [
            element("h3", "Belongs together with"),
            element("ul.links", ...event.links.map((link) => linked(link, state))),
          ]
        : null,
      element("h3", "Check it"),
      element(
        "p",
        "Down to the raw characters, on the command line, where ",
        element("code", "output"),
        " is the folder of releases: ",
        element(
          "code.command",
          `kcpipe trace ${event.event_id.slice(0, 12)} --output output --release ${data.release}`,
        ),
      ),
    ),
  ];
}

function linked([words, id], state) {
  const other = eventOf.get(id);
  return other
    ? element("li", `${words}: `, element("a", { href: address({ ...state, event: id }) }, other.summary))
    : null;
}
