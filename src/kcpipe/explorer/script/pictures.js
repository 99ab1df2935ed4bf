// The pictures: how exactly a date is known, when things happened, which countries have to do with each other.

const day = (iso) => Date.parse(iso) / 864e5;
const yearOf = (iso) => Number(iso.slice(0, 4));
const yearStart = (year) => day(`${String(year).padStart(4, "0")}-01-01`);
const yearEnd = (year) => day(`${String(year).padStart(4, "0")}-12-31`) + 1;

/** The days of an event as a bar within the calendar years they touch; nothing when it has no date. */
function intervalBar(event, className = "") {
  if (!isDated(event)) return null;
  const start = event.date_start ?? event.date_end;
  const end = event.date_end ?? event.date_start;
  const [from, to] = [yearStart(yearOf(start)), yearEnd(yearOf(end))];
  const left = event.date_start ? (day(start) - from) / (to - from) : 0;
  const right = event.date_end ? (day(end) + 1 - from) / (to - from) : 1;
  const bar = element("span.days");
  bar.classList.toggle("throughout", event.date_extent === "throughout");
  bar.classList.toggle("open-start", !event.date_start);
  bar.classList.toggle("open-end", !event.date_end);
  bar.classList.toggle("other", !event.is_occurred);
  bar.style.left = `${100 * left}%`;
  bar.style.width = `${100 * (right - left)}%`;
  const years = [...new Set([event.date_start, event.date_end].map((each) => each?.slice(0, 4) ?? ""))].join("–");
  return element(
    `span.interval${className}`,
    { "aria-hidden": "true" },
    element("span.track", bar),
    element("span.axis", years),
  );
}

// When things happened: a column for each year, of one year each month, of one month each day.

const UNITS = { decade: 3, year: 4, month: 7, day: 10 };
const MOST_COLUMNS = 60;
const SHORTEST_GAP = 3;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The next year, month, day or decade, as its ISO 8601 beginning. */
function next(key, unit) {
  if (unit === "decade" || unit === "year") return String(Number(key) + 1).padStart(UNITS[unit], "0");
  if (unit === "day") return new Date((day(key) + 1) * 864e5).toISOString().slice(0, UNITS.day);
  const [year, month] = key.split("-").map(Number);
  return month < 12 ? `${key.slice(0, 5)}${String(month + 1).padStart(2, "0")}` : `${next(key.slice(0, 4), "year")}-01`;
}

/** The columns of the coarsest unit that parts the events, but decades only where there are too many years. */
function parted(events) {
  const units = ["year", "month", "day"].map((unit) => ({ unit, ...columnsOf(events, unit) }));
  if (units[0].columns.length > MOST_COLUMNS) return { unit: "decade", ...columnsOf(events, "decade") };
  return units.find(({ columns }) => columns.length > 1);
}

/** Columns { key, happened, other } in the order of time, long empty stretches as { gap }; and what fits no column. */
function columnsOf(events, unit) {
  const counted = new Map();
  const wider = [];
  for (const event of events) {
    const [start, end] = [event.date_start, event.date_end].map((each) => each?.slice(0, UNITS[unit]));
    if (!start || start !== end) {
      wider.push(event);
      continue;
    }
    const column = counted.get(start) ?? { key: start, happened: 0, other: 0 };
    column[event.is_occurred ? "happened" : "other"] += 1;
    counted.set(start, column);
  }
  const columns = [];
  let expected = "";
  for (const key of [...counted.keys()].sort()) {
    const empty = [];
    while (expected && expected < key && empty.length < SHORTEST_GAP) {
      empty.push({ key: expected, happened: 0, other: 0 });
      expected = next(expected, unit);
    }
    columns.push(...(empty.length < SHORTEST_GAP ? empty : [{ gap: true }]), counted.get(key));
    expected = next(key, unit);
  }
  return { columns, wider };
}

function columnLabel(key, unit) {
  if (unit === "decade") return `${key}0s`;
  if (unit === "month") return MONTHS[Number(key.slice(5)) - 1];
  return unit === "day" ? String(Number(key.slice(8))) : key;
}

/** The chart of events by time; each column leads to its events. */
function overview(events, state) {
  const chart = parted(events.filter(isDated));
  if (!chart) return null;
  const { unit, columns, wider } = chart;
  const highest = Math.max(...columns.map((column) => (column.gap ? 0 : column.happened + column.other)));
  const bars = columns.map((column) => {
    if (column.gap) return element("li.gap", { title: "no events between" }, element("span.label", "…"));
    const label = columnLabel(column.key, unit);
    const told = `${label}: ${plural(column.happened, "event")}${column.other ? `, and ${column.other} told but not as happened` : ""}`;
    const range =
      unit === "decade" ? { from: `${column.key}0`, to: `${column.key}9` } : { from: column.key, to: column.key };
    const part = (name) => {
      const bar = element(`span.bar.${name}`);
      bar.style.height = `${(6.5 * column[name]) / highest}rem`;
      return column[name] ? bar : null;
    };
    const count = element("span.count", column.happened + column.other || "");
    const drawn = [count, part("other"), part("happened"), element("span.label", label)];
    return element(
      "li",
      column.happened + column.other
        ? element("a", { href: changed(state, range), title: told, "aria-label": told }, ...drawn)
        : element("span", ...drawn),
    );
  });
  const range = unit === "month" || unit === "day" ? ` of ${columnWords(columns[0].key, unit)}` : "";
  const rest = wider.length
    ? `; ${number(wider.length)} more ${wider.length === 1 ? "is" : "are"} known only to wider stretches of time and stand in the list`
    : "";
  return element(
    "figure.overview",
    element(
      "figcaption",
      element("strong", `Events by ${unit}${range}`),
      ` Unit: events${rest}. `,
      legend("happened", "happened"),
      " ",
      legend("other", "told, but not as happened"),
    ),
    element("ol.bars", ...bars),
    origin(),
  );
}

const columnWords = (iso, unit) =>
  unit === "day" ? `${MONTHS[Number(iso.slice(5, 7)) - 1]} ${iso.slice(0, 4)}` : iso.slice(0, 4);
const legend = (name, words) => element("span.key", element(`span.swatch.${name}`, { "aria-hidden": "true" }), words);

/** Where a picture or a list comes from, and of how much it is a part. */
function origin(table = "events") {
  const [held, all] = [data[table].length, data.totals[table]];
  return element(
    "p.origin",
    "Source: ",
    element("code", `${table}.parquet`),
    " of release ",
    element("code", data.release),
    ", kcpipe",
    held < all ? `; ${number(held)} of ${plural(all, table.slice(0, -1))} are on this page.` : ".",
  );
}

// Which countries have to do with each other.

const MOST_COUNTRIES = 20;

/** How many events each pair of countries takes part in, as a table whose cells lead to them. */
function matrix(events, state) {
  const alone = new Map();
  const pairs = new Map();
  for (const { countries = [] } of events) {
    for (const one of countries) {
      alone.set(one, (alone.get(one) ?? 0) + 1);
      for (const other of countries) pairs.set(`${one} ${other}`, (pairs.get(`${one} ${other}`) ?? 0) + 1);
    }
  }
  const codes = [...alone.keys()].sort((a, b) => alone.get(b) - alone.get(a) || (a < b ? -1 : 1));
  const shown = codes.slice(0, MOST_COUNTRIES);
  const highest = Math.max(1, ...shown.flatMap((a) => shown.map((b) => (a === b ? 0 : (pairs.get(`${a} ${b}`) ?? 0)))));
  const name = (code) => data.countries[code] ?? code;
  const cell = (row, column) => {
    const count = pairs.get(`${row} ${column}`) ?? 0;
    if (!count) return element("td", element("span.soft", { "aria-label": "none" }, "·"));
    const isSame = row === column;
    const told = isSame
      ? `${name(row)}: ${plural(count, "event")}`
      : `${name(row)} and ${name(column)}: ${plural(count, "event")}`;
    const made = element(
      isSame ? "td.same" : "td",
      element(
        "a",
        { href: changed(state, { view: "timeline", country: row, with: isSame ? "" : column }), "aria-label": told },
        number(count),
      ),
    );
    if (!isSame) made.style.setProperty("--share", count / highest);
    return made;
  };
  return element(
    "figure",
    element(
      "figcaption",
      element("strong", "Which countries take part in the same events"),
      " Unit: events that happened or are going on. In the diagonal all events of a country. ",
      codes.length > shown.length
        ? `The ${MOST_COUNTRIES} countries of most events out of ${number(codes.length)}; the filter has the others.`
        : "",
    ),
    element(
      "div.scroll",
      { tabIndex: 0, role: "region", "aria-label": "Countries" },
      element(
        "table.matrix",
        element(
          "thead",
          element(
            "tr",
            element("td"),
            ...shown.map((code) => element("th", { scope: "col", title: name(code) }, code)),
          ),
        ),
        element(
          "tbody",
          ...shown.map((row) =>
            element(
              "tr",
              element("th", { scope: "row" }, name(row), " ", element("span.soft", row)),
              ...shown.map((column) => cell(row, column)),
            ),
          ),
        ),
      ),
    ),
    origin(),
  );
}
