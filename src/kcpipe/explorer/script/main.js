// The page itself: it draws what the address tells, and writes what is chosen into the address.

const data = JSON.parse(document.getElementById("data").textContent);
const eventOf = new Map(data.events.map((event) => [event.event_id, event]));
const place = new Map(data.events.map((event, at) => [event, at])); // the best supported first
const [main, form, told] = ["main", "filters", "told"].map((id) => document.getElementById(id));
const passingEvents = (state) => passing(data.events, state);
const VIEWS = {
  timeline: { title: "Timeline", rows: "events", passing: passingEvents, page: timelinePage },
  countries: { title: "Countries", rows: "events", passing: passingEvents, page: countriesPage },
  conflicts: { title: "Conflicts", rows: "conflicts", passing: passingConflicts, page: conflictsPage },
  quotations: { title: "Quotations", rows: "quotations", passing: passingQuotations, page: quotationsPage },
};
const documentIds = new Map(data.documents.map((document) => [document.document_id, document]));
const PAUSE = 150; // milliseconds after the last key or change of the window, before a search or a drawing
let shown = null; // the state that is drawn
let left = null; // of the list that an event was opened from: { list: its address, top, event }

/** Fills a select with the values that occur, the most frequent first, after some groups of them: [value, count]. */
function fillSelect(name, values, words = (value) => value, groups = []) {
  const counts = values.reduce((counted, value) => counted.set(value, (counted.get(value) ?? 0) + 1), new Map());
  const ordered = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  const options = [...groups, ...ordered].map(([value, count]) =>
    element("option", { value }, `${words(value)} (${number(count)})`),
  );
  form[name].replaceChildren(element("option", { value: "" }, "any"), ...options);
}

function fillForm() {
  const { events } = data;
  const countries = events.flatMap((event) => event.countries ?? []);
  for (const name of ["country", "with"]) fillSelect(name, countries, (code) => data.countries[code] ?? code);
  fillSelect(
    "kind",
    events.map((event) => event.event_kind),
    kindWords,
  );
  fillSelect(
    "status",
    events.map((event) => event.status),
    (value) => value.replace("-", " "),
    Object.entries(STATUS_GROUPS).map(([name, test]) => [name, events.filter(test).length]),
  );
  fillSelect(
    "source",
    events.flatMap((event) => [...sourcesOf(event)].filter((each) => !documentIds.has(each))),
    (name) => (name === UNKNOWN ? "unknown publisher" : name),
  );
}

/** The form as the state says; an article as the source gets a choice of its own. */
function showForm(state) {
  const article = documentIds.get(state.source);
  if (article && ![...form.source.options].some((option) => option.value === state.source)) {
    form.source.append(element("option", { value: state.source }, `article: ${article.title ?? article.source_name}`));
  }
  for (const name of FILTERS)
    if (document.activeElement !== form[name] || form[name].value.trim() !== state[name])
      form[name].value = state[name];
  const set = FILTERS.filter((name) => name !== "q" && state[name]).length;
  document.getElementById("count").textContent = set ? `(${set} set)` : "";
  document.getElementById("clear").hidden = !isFiltered(state);
  document.getElementById("clear").href = address({
    ...state,
    event: "",
    ...Object.fromEntries(FILTERS.map((name) => [name, ""])),
  });
  for (const name of ["from", "to"]) form[name].setAttribute("aria-invalid", String(!isDay(state[name])));
  document
    .getElementById("views")
    .replaceChildren(
      ...Object.entries(VIEWS).map(([view, { title, rows }]) =>
        element(
          "li",
          element(
            "a",
            { href: changed(state, { view }), ...(view === state.view && { "aria-current": "page" }) },
            title,
            rows === view ? ` (${number(data.totals[rows])})` : "",
          ),
        ),
      ),
    );
}

/** What the filters leave, in words. */
function tell(state, found) {
  const problem = ["from", "to"].find((name) => !isDay(state[name]));
  if (problem) return `“${state[problem]}” is no year, month or day: write 2024, 2024-02 or 2024-02-14.`;
  if (!isFiltered(state)) return "";
  const chosen = (name) =>
    form[name].selectedOptions?.[0]?.textContent.replace(/ \([\d,]+\)$/, "") ?? `“${state[name]}”`;
  const words = FILTERS.filter((name) => state[name]).map(
    (name) => `${form[name].labels[0].textContent.toLowerCase()} ${chosen(name)}`,
  );
  const undated = state.from || state.to ? "; undated ones are left out" : "";
  const { rows } = VIEWS[state.view];
  return `${number(found.length)} of ${plural(data[rows].length, rows.slice(0, -1))}: ${words.join(", ")}${undated}.`;
}

function draw() {
  const state = readAddress();
  const event = eventOf.get(state.event);
  if (shown && !shown.event && event) left = { list: address(shown), top: scrollY, event: state.event };
  showForm(state);
  const found = VIEWS[state.view].passing(state);
  told.textContent = tell(state, found);
  form.hidden = Boolean(event);
  main.replaceChildren(...page(state, event, found).flat(Infinity).filter(Boolean));
  drawFigures();
  document.title = `${event?.summary ?? VIEWS[state.view].title} – release ${data.release}`;
  moveFocus(state, event);
  shown = state;
}

function page(state, event, found) {
  const elsewhere = (words, href, where) => [element("p", words), element("p", element("a", { href }, where))];
  if (event) return eventPage(event, state);
  if (state.event)
    return elsewhere(
      `No event ${state.event} is on this page. It may be in events.parquet: kcpipe trace shows it.`,
      changed(state),
      "Back to the list",
    );
  if (found.length) return VIEWS[state.view].page(found, state);
  const noun = VIEWS[state.view].rows.slice(0, -1);
  return isFiltered(state)
    ? elsewhere(`No ${noun} fits.`, document.getElementById("clear").href, "Clear all filters")
    : [element("p", `No ${noun}s.`)];
}

/** The reader stands where the change leads: at an event's title, or back in the list at the event it was opened from. */
function moveFocus(state, event) {
  if (!shown) return;
  if (event && state.event !== shown.event) {
    scrollTo(0, 0);
    document.getElementById("event-title").focus();
  } else if (!event && shown.event && left?.list === address(state)) {
    scrollTo(0, left.top);
    (document.getElementById(`row-${left.event}`) ?? main).focus({ preventScroll: true });
  } else if (!event && (shown.event || state.view !== shown.view)) {
    scrollTo(0, 0);
    main.focus();
  } else if (document.activeElement === document.body) {
    main.focus({ preventScroll: true }); // what led here, a mark of a figure, is gone
  }
}

/** The form into the address. While words are typed (in a field of that name) they take the place of those before, so
 * that one step back undoes them all. */
function choose(typed) {
  const state = readAddress();
  for (const name of FILTERS) state[name] = form[name].value.trim();
  const to = address({ ...state, event: "" });
  if (to === location.hash || (to === "#" && !location.hash)) return;
  if (shown[typed]) location.replace(to);
  else location.hash = to;
}

let waiting = 0;
form.addEventListener("input", ({ target }) => {
  clearTimeout(waiting);
  const isTyped = target.tagName === "INPUT";
  waiting = setTimeout(() => choose(isTyped ? target.name : ""), isTyped ? PAUSE : 0);
});
form.addEventListener("submit", (submit) => submit.preventDefault());
addEventListener("hashchange", draw);
let resizing = 0;
addEventListener("resize", () => {
  clearTimeout(resizing);
  resizing = setTimeout(drawFigures, PAUSE);
});
addEventListener("keydown", (press) => {
  const isInField = press.target.matches("input, select, textarea");
  if (press.key === "/" && !isInField && !form.hidden && !press.ctrlKey && !press.metaKey && !press.altKey) {
    press.preventDefault();
    form.q.focus();
  } else if (press.key === "Escape" && shown.event) {
    location.hash = address({ ...shown, event: "" });
  }
});

fillForm();
document.getElementById("more").open =
  matchMedia("(min-width: 48rem)").matches || FILTERS.some((name) => name !== "q" && readAddress()[name]);
draw();
