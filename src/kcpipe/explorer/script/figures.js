// The figures: specs of Vega-Lite, filled with what is shown and drawn anew at every change of it or of the window.

// Vega-Embed empties its element by setting markup, which must be none: no other is let through.
globalThis.trustedTypes?.createPolicy("default", { createHTML: (markup) => (markup === "" ? "" : null) });

const DRAWING = { mode: "vega-lite", ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: false };
const SVG = "http://www.w3.org/2000/svg";
const plans = new WeakMap(); // figure → { plan, width: for which it is drawn }

/**
 * A figure, drawn by drawFigures() once it stands in the page and has a width. plan: given the width in pixels, the
 * { title, words, alt, spec } of its caption and drawing.
 */
function figure(plan) {
  const made = element("figure", element("figcaption"), element("div.drawing"));
  plans.set(made, { plan, width: 0 });
  return made;
}

/** Draws the figures of the page that are not drawn for the width that they have. */
function drawFigures() {
  for (const made of main.querySelectorAll("figure")) {
    const [caption, box] = made.children;
    const [width, planned] = [box.clientWidth, plans.get(made)];
    if (width === planned.width || !width) continue;
    planned.width = width;
    const { title, words, alt, spec } = planned.plan(width);
    const drawing = element("div", { "aria-busy": "true" });
    if (spec.height > 0) drawing.style.height = `${spec.height}px`; // the page does not move when the drawing comes
    box.replaceChildren(drawing);
    caption.replaceChildren(element("strong", title), " ", words, " ", origin());
    vegaEmbed(drawing, { ...spec, description: alt }, { ...DRAWING, config: FIGURES.config }).then((drawn) => {
      drawn.finalize();
      linkMarks(drawing);
      drawing.removeAttribute("aria-busy");
    });
  }
}

/** Marks that have an address become links, for the mouse and the keyboard; what a mark tells is the link's name. */
function linkMarks(drawing) {
  for (const mark of drawing.querySelectorAll("[aria-label]")) {
    const href = mark.__data__?.datum?.href;
    if (!href) continue;
    const link = document.createElementNS(SVG, "a");
    const title = document.createElementNS(SVG, "title");
    title.textContent = mark.getAttribute("aria-label");
    link.setAttribute("href", href);
    link.setAttribute("aria-label", title.textContent);
    mark.setAttribute("aria-hidden", "true");
    mark.replaceWith(link);
    link.append(title, mark);
  }
}

/** A fresh copy of a spec with its rows and the values of its params. */
function filled(name, rows, params = {}) {
  const spec = structuredClone(FIGURES[name]);
  spec.data.values = rows;
  for (const param of spec.params ?? []) param.value = params[param.name];
  return spec;
}

// Days, counted from 1970.

const day = (iso) => Date.parse(iso) / 864e5;
const yearOf = (iso) => Number(iso.slice(0, 4));
const yearStart = (year) => day(`${String(year).padStart(4, "0")}-01-01`);
const yearEnd = (year) => day(`${String(year).padStart(4, "0")}-12-31`) + 1;

// When exactly: a row for each event, with the days on which it may have happened to scale.

const WIDE = 640; // pixels from which on the words stand beside the bar, not above it
const AXIS = 50;
const SHORT = 9; // pixels: a shorter bar cannot be seen as one and becomes a diamond

/** The days from which to which some events are drawn: their calendar years, of one year the months around several. */
function daysAround(events) {
  const told = events.flatMap((event) => [event.date_start, event.date_end].filter(Boolean)).sort();
  const [first, last] = [told[0], told.at(-1)];
  if (events.length === 1 || yearOf(first) < yearOf(last)) return [yearStart(yearOf(first)), yearEnd(yearOf(last))];
  const month = (iso, shift) => Date.UTC(yearOf(iso), Number(iso.slice(5, 7)) - 1 + shift) / 864e5;
  return [month(first, -1), month(last, 2)];
}

/** The spec of some dated events; without links where they are not wanted. */
function spans(events, width, words, link) {
  const [from, to] = daysAround(events);
  const rows = events.map((event, row) => {
    const start = day(event.date_start ?? event.date_end);
    const end = day(event.date_end ?? event.date_start) + 1;
    const isOpen = !event.date_start || !event.date_end;
    const isShort = ((end - start) / (to - from)) * width < SHORT;
    return {
      row,
      words: words(event),
      told: `${event.date}: ${event.summary}`,
      href: link?.(event),
      known: event.is_occurred ? (event.date_extent === "throughout" ? "throughout" : "within") : "other",
      drawn: isOpen ? "open" : isShort ? "short" : "bar",
      end_known: isOpen ? (event.date_start ? "start" : "end") : "both",
      start: 864e5 * (event.date_start ? start : from),
      middle: 432e5 * (start + end),
      end: 864e5 * (event.date_end ? end : to),
    };
  });
  const isWide = width >= WIDE;
  const spec = filled("spans", rows, { from: 864e5 * from, to: 864e5 * to, isWide });
  return { ...spec, width, height: (isWide ? 28 : 42) * rows.length + AXIS };
}

/** What the marks of a spec of spans mean, those that are there. */
function spansWords({ data: { values } }) {
  const has = (name, value) => values.some((row) => row[name] === value);
  const words = [
    has("drawn", "bar") && "bars: the days on which it may have happened",
    has("known", "throughout") && "filled: it lasted all through",
    has("drawn", "short") && "diamonds: too short a time for a bar",
    has("drawn", "open") && "arrows and dots: one end is not known",
    has("known", "other") && "dashed or hollow in another colour: told, but not as happened",
  ];
  const told = words.filter(Boolean).join("; ");
  return `${told[0].toUpperCase()}${told.slice(1)}. Unit: days.`;
}

/** Some events in the order of time; each row leads to its event. */
function spansFigure(events, state) {
  const words = (event) => `${event.date}: ${withoutDate(event)} (${support(event).join(", ")})`;
  return figure((width) => {
    const spec = spans(events, width, words, (event) => address({ ...state, event: event.event_id }));
    const told = events.map((event) => `${event.date}, ${withoutDate(event)}`);
    return {
      title: "Told most widely, and when exactly",
      words: `The ${plural(events.length, "dated event")} of most sources and reports. ${spansWords(spec)}`,
      alt: `A timeline of ${plural(events.length, "event")}: ${told.join("; ")}.`,
      spec,
    };
  });
}

/** The days of one event within their calendar years. */
function spanFigure(event) {
  return figure((width) => {
    const spec = spans([event], width, () => event.date);
    return { title: "When exactly", words: spansWords(spec), alt: `${event.date}, within its calendar year.`, spec };
  });
}

// When things happened: a column for each year (decade, century, where there is no room), of one year each month, of
// one month each day.

const UNITS = { century: 2, decade: 3, year: 4, month: 7, day: 10 }; // characters of an ISO 8601 date
const NARROWEST = 12; // pixels of a column
const LABEL = 48; // pixels of a year at the axis
const MONTHS = "January February March April May June July August September October November December".split(" ");

/** The unit in which a date lies, as the first year, month or day of it. */
const unitOf = (iso, unit) => iso.slice(0, UNITS[unit]).padEnd(4, "0");

/** The events that lie in one unit each, as [its first year, month or day, event]. */
function placed(events, unit) {
  const lies = ({ date_start, date_end }) =>
    date_start && date_end && unitOf(date_start, unit) === unitOf(date_end, unit);
  return events.filter(lies).map((event) => [unitOf(event.date_start, unit), event]);
}

/** All units between two of them; of months and days those of the whole year or month. */
function unitsBetween(one, other, unit) {
  const two = (value) => String(value).padStart(2, "0");
  if (unit === "month") return MONTHS.map((_, at) => `${one.slice(0, 4)}-${two(at + 1)}`);
  if (unit === "day") {
    const days = new Date(Date.UTC(Number(one.slice(0, 4)), Number(one.slice(5, 7)), 0)).getUTCDate();
    return Array.from({ length: days }, (_, at) => `${one.slice(0, 7)}-${two(at + 1)}`);
  }
  const step = 10 ** (4 - UNITS[unit]);
  const count = (Number(other) - Number(one)) / step + 1;
  return Array.from({ length: count }, (_, at) => String(Number(one) + at * step).padStart(4, "0"));
}

/** The coarsest of years, months and days that parts the events. */
const partingUnit = (events) =>
  ["year", "month", "day"].find((unit) => new Set(placed(events, unit).map(([key]) => key)).size > 1);

/** The last unit from "year" up that leaves each column enough of the width. */
function roomyColumns(events, width) {
  for (const unit of ["year", "decade", "century"]) {
    const found = placed(events, unit);
    const keys = found.map(([key]) => key).sort();
    const columns = unitsBetween(keys[0], keys.at(-1), unit);
    if (columns.length * NARROWEST <= width || unit === "century") return { unit, found, columns };
  }
}

function columnsOf(events, width) {
  const unit = partingUnit(events);
  if (unit === "year") return roomyColumns(events, width);
  const found = placed(events, unit);
  return { unit, found, columns: unitsBetween(found[0][0], "", unit) };
}

/** Every so many years that their labels have room, the round ones. */
function roundYears(columns, width) {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((each) => {
    const labels = columns.filter((year) => year % each === 0).length;
    return labels * LABEL <= width;
  });
  return columns.filter((year) => year % step === 0);
}

/** How many events lie in each unit of time; each column leads to them. Nothing where no unit parts them. */
function timeFigure(events, state) {
  const dated = events.filter(isDated);
  if (!partingUnit(dated)) return null;
  return figure((width) => {
    const { unit, found, columns } = columnsOf(dated, width);
    const year = columns[0].slice(0, 4);
    const within = { month: ` of ${year}`, day: ` of ${MONTHS[Number(columns[0].slice(5, 7)) - 1]} ${year}` }[unit] ?? "";
    const lastYear = { decade: 9, century: 99 }[unit];
    const rows = found.map(([key, event]) => ({
      key,
      status: event.is_occurred ? "happened" : "told, but not as happened",
      happened: event.is_occurred ? 1 : 0,
      href: changed(state, { from: key, to: lastYear ? String(Number(key) + lastYear).padStart(4, "0") : key }),
    }));
    const wider = dated.length - found.length;
    const rest = `${number(wider)} more ${wider === 1 ? "has a date" : "have dates"} too wide for that: see the list.`;
    const spec = filled("time", rows, { unit });
    spec.encoding.x.scale.domain = columns;
    spec.encoding.x.axis.title = `${unit}${within}`;
    if (UNITS[unit] <= UNITS.year) spec.encoding.x.axis.values = roundYears(columns, width);
    return {
      title: `Events by ${unit}${within}`,
      words: `Unit: events; ${number(rows.length)} here. ${wider ? rest : ""}`,
      alt: `Columns: ${plural(rows.length, "event")} by ${unit}${within}, from ${columns[0]} to ${columns.at(-1)}.`,
      spec: { ...spec, width },
    };
  });
}

// Which countries have to do with each other.

const MOST_COUNTRIES = 20;

/** How many events each pair of countries takes part in, in the diagonal each country; a cell leads to them. */
function pairsFigure(events, state) {
  const counts = new Map();
  for (const code of events.flatMap((event) => event.countries ?? [])) counts.set(code, (counts.get(code) ?? 0) + 1);
  const codes = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1));
  const shown = codes.slice(0, MOST_COUNTRIES);
  const name = (code) => data.countries[code] ?? code;
  const rows = events.flatMap(({ countries = [] }) => {
    const here = countries.filter((code) => shown.includes(code));
    return here.flatMap((row) =>
      here.map((column) => ({
        row,
        column,
        isSame: row === column,
        pair: row === column ? name(row) : `${name(row)} and ${name(column)}`,
        href: changed(state, { view: "timeline", country: row, with: row === column ? "" : column }),
      })),
    );
  });
  return figure((width) => {
    const names = Object.fromEntries(shown.map((code) => [code, `${code} ${name(code)}`]));
    const spec = filled("pairs", rows, { names });
    spec.encoding.x.scale.domain = shown;
    spec.encoding.y.scale.domain = shown;
    spec.encoding.y.axis.labelLimit = width / 3;
    const part = ` Shown: the ${shown.length} of most events out of ${number(codes.length)}.`;
    return {
      title: "Which countries take part in the same events",
      words: `Unit: events that happened or go on; in the diagonal all of a country.${codes.length > shown.length ? part : ""}`,
      alt: `A matrix of ${plural(shown.length, "country", "countries")}: ${listed(shown.map(name))}.`,
      spec,
    };
  });
}

/** Where a figure or a list comes from, and of how much it is a part. */
function origin(table = "events") {
  const [held, all] = [data[table].length, data.totals[table]];
  return element(
    "span.origin",
    "Source: ",
    element("code", `${table}.parquet`),
    ` (${plural(all, table.slice(0, -1))} of ${plural(data.totals.documents, "article")}) of release `,
    element("code", data.release),
    ", kcpipe",
    held < all ? `; ${number(held)} are on this page.` : ".",
  );
}
