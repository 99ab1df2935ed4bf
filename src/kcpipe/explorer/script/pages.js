// The other pages: conflicts, quotations, countries.

function conflict(row, state) {
  const { attribute, sides } = row;
  return element(
    "section.conflict",
    { "aria-label": `Conflict ${data.conflicts.indexOf(row) + 1}, of ${attribute}` },
    element("p", element("span.badge.bad", attribute), " They cannot both hold:"),
    element(
      "div.sources",
      ...sides.map((side) => {
        const document = documentOf(side.paragraph);
        const event = eventOf.get(side.event_id);
        return element(
          "article.source",
          element("p.publisher", publisherOf(document)),
          side.claim.length < 60 ? element("p", element("strong", quoted(side.claim))) : null,
          paragraph([side]),
          event && state.event !== event.event_id
            ? element("p", element("a", { href: address({ ...state, event: event.event_id }) }, event.summary))
            : null,
          element("p.soft", `Raw characters ${side.raw[0]}–${side.raw[1]} of `, quoted(document.source_name)),
        );
      }),
    ),
  );
}

function conflictsPage(rows, state) {
  return [
    element("h2", "Conflicts ", element("small", number(rows.length))),
    element("p.soft", "Claims that cannot both hold, beside each other; which is right is for the reader to judge."),
    growing("div", rows, (each) => conflict(each, state), ROWS_AT_ONCE, "conflict"),
    element("p", origin("conflicts")),
  ];
}

function quotationsPage(rows, state) {
  const tellers = Map.groupBy(
    data.events
      .flatMap((event) => event.reports.map((report) => ({ event, id: report.quotation_id })))
      .filter(({ id }) => id),
    ({ id }) => id,
  );
  const draw = (quotation) => {
    const document = documentOf(quotation.paragraph);
    const told = [...new Set((tellers.get(quotation.quotation_id) ?? []).map(({ event }) => event))];
    const isIndirect = quotation.quotation_kind === "indirect";
    return element(
      "li",
      element("blockquote.quoted", { dir: "auto" }, isIndirect ? quotation.text : `“${quotation.text}”`),
      element(
        "p",
        element("strong", quoted(quotation.speaker ?? quotation.speaker_text ?? "Speaker not named")),
        quotation.speaker && quotation.speaker_text && quotation.speaker !== quotation.speaker_text
          ? [" as ", quoted(quotation.speaker_text)]
          : "",
        element("span.soft", isIndirect ? " in the words of the article, " : ", ", publisherOf(document)),
      ),
      told.length
        ? element(
            "p.soft",
            "Tells: ",
            ...told.flatMap((event, at) => [
              at ? "; " : "",
              element("a", { href: address({ ...state, view: "timeline", event: event.event_id }) }, event.summary),
            ]),
          )
        : null,
      element(
        "details",
        element("summary", "In its paragraph"),
        paragraph([quotation]),
        element("p.soft", `Raw characters ${quotation.raw[0]}–${quotation.raw[1]} of `, quoted(document.source_name)),
      ),
    );
  };
  return [
    element("h2", "Quotations ", element("small", number(rows.length))),
    element("p.soft", "Who said what, those with a named speaker first."),
    growing("ol.quotations", rows, draw, ROWS_AT_ONCE, "quotation"),
    element("p", origin("quotations")),
  ];
}

function countriesPage(events, state) {
  const occurred = events.filter((event) => event.is_occurred);
  return [
    element("h2", "Countries"),
    occurred.length ? pairsFigure(occurred, state) : element("p", "None of these events happened."),
  ];
}
