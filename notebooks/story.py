# From the Parquet of a release to a timeline of what happened and a network of who it happened between.
#
#   marimo edit notebooks/story.py               in the browser, cell by cell, on output/latest
#   python notebooks/story.py output/latest      as a program: draws timeline.png and network.png where it is started
#
# It reads plain Parquet with pandas and draws with matplotlib and networkx; of kcpipe it needs nothing but a release.

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="What a release tells")

with app.setup:
    import sys
    from collections import Counter
    from collections.abc import Mapping
    from datetime import date, timedelta
    from itertools import combinations
    from pathlib import Path

    import marimo as mo
    import matplotlib.dates as mdates
    import matplotlib.pyplot as plt
    import networkx as nx
    import pandas as pd
    from matplotlib.figure import Figure

    SILENCE = timedelta(days=730)  # so long without an event, and the time axis leaves it out
    MOST = 40  # events on the timeline
    SHORT = 10  # days: a bar too narrow to be seen gets a diamond
    INK, LINE, NODE, SMALL = "#16345e", "#2b5fa8", "#dce8f8", {"fontsize": 8, "color": "#444444"}


@app.cell
def _():
    is_program = mo.app_meta().mode == "script"
    release = Path(sys.argv[1] if is_program and len(sys.argv) > 1 else "output/latest").resolve()
    articles = len(pd.read_parquet(release / "documents.parquet", columns=["document_id"]))
    version = (release / "RELEASE").read_text().strip()
    source = (
        f"Source: events.parquet of release {version}, from {articles} article{'' if articles == 1 else 's'}, kcpipe."
    )
    return is_program, release, source


@app.cell
def _(release):
    events = pd.read_parquet(release / "events.parquet")
    happened = events[events["is_occurred"]]
    dated = happened.dropna(subset=["date_start", "date_end"])
    mo.md(
        f"""
        # What the release tells

        {len(events)} events, of which {len(happened)} happened or are going on; the others were planned, attempted,
        denied or only imagined, and are not counted here. {len(dated)} of those that happened have a day or a stretch
        of days; for the others the texts tell none, none is guessed, and `unresolved_reason` says why.
        """
    )
    return dated, happened


@app.function
def spells(dated: pd.DataFrame) -> list[tuple[date, date]]:
    """First and last day of each stretch of time with events, parted by more than SILENCE; rows in order of time."""
    found: list[tuple[date, date]] = []
    for start, end in zip(dated["date_start"], dated["date_end"], strict=True):
        if found and start <= found[-1][1] + SILENCE:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


@app.function
def draw_timeline(dated: pd.DataFrame, source: str) -> Figure:
    """The best supported events, a row for each, and a panel for each stretch of time they lie in."""
    dated = dated.sort_values(["source_count", "mention_count", "event_id"]).tail(MOST)
    dated = dated.sort_values(["date_start", "date_end", "summary"])
    stretches = spells(dated)
    figure, axes = plt.subplots(
        ncols=len(stretches),
        sharey=True,
        squeeze=False,
        width_ratios=[max(last.year - first.year + 1, 2) for first, last in stretches],
        figsize=(12, 1.6 + 0.25 * len(dated)),
    )
    shades = plt.get_cmap("Blues")
    for panel, (first, last) in zip(axes[0], stretches, strict=True):
        for row, event in enumerate(dated.itertuples()):
            if first <= event.date_start <= last:
                days = (event.date_end - event.date_start).days + 1
                shade = shades(0.3 + 0.6 * event.source_count / dated["source_count"].max())
                panel.barh(row, days, left=event.date_start, height=0.6, color=shade, edgecolor=INK, linewidth=1)
                if days <= SHORT:
                    panel.plot(event.date_start, row, marker="D", markersize=6, color=shade, markeredgecolor=INK)
        panel.set_xlim(date(first.year, 1, 1), date(last.year + 1, 1, 1))
        panel.xaxis.set_major_locator(mdates.YearLocator(max(1, (last.year - first.year + 1) // 3)))
        panel.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
        panel.tick_params(axis="x", labelsize=8)
        panel.tick_params(axis="y", length=0)
        panel.grid(axis="both", color="#e8e8e8", linewidth=0.6)
        panel.set_axisbelow(True)
        panel.spines[["top", "right", "left"]].set_visible(False)
    sources = [f"{count} source{'' if count == 1 else 's'}" for count in dated["source_count"]]
    labels = [f"{summary.rstrip('.')}  ({told})" for summary, told in zip(dated["summary"], sources, strict=True)]
    axes[0, 0].set_yticks(range(len(dated)), labels, fontsize=8)
    axes[0, 0].set_ylim(len(dated) - 0.4, -0.6)
    axes[0, 0].set_xlabel("year", loc="left", **SMALL)
    figure.suptitle("What happened, and how exactly it is known", x=0.01, ha="left", weight="bold")
    caption = "Bars: the days on which it may have happened or on which it lasted (diamonds: ten at most)"
    figure.text(0.01, 0.01, f"{caption}; darker: more sources. Years without events are left out.\n{source}", **SMALL)
    figure.set_layout_engine("constrained", rect=(0.01, 0.06, 0.98, 0.92))
    return figure


@app.cell
def _(dated, is_program, source):
    mo.stop(dated.empty, mo.md("No event has a date."))
    timeline = draw_timeline(dated, source)
    if is_program:
        timeline.savefig("timeline.png", dpi=80)
    timeline
    return


@app.function
def draw_network(happened: pd.DataFrame, names: Mapping[str, str], source: str) -> Figure:
    """Countries, joined by as thick a line as they share events. names: country code to name."""
    pairs = Counter(pair for countries in happened["countries"] for pair in combinations(sorted(countries), 2))
    graph = nx.Graph()
    for (one, other), events in sorted(pairs.items()):
        graph.add_edge(names.get(one, one), names.get(other, other), events=events)
    weights = nx.get_edge_attributes(graph, "events")
    most = max(weights.values(), default=1)
    places = nx.kamada_kawai_layout(graph)
    figure, axes = plt.subplots(figsize=(8, 4.2))
    widths = [1 + 11 * events / most for events in weights.values()]
    nx.draw_networkx_edges(graph, places, ax=axes, edge_color=LINE, width=widths)
    nx.draw_networkx_nodes(graph, places, ax=axes, node_color=NODE, edgecolors=INK, node_size=3800)
    nx.draw_networkx_labels(graph, places, ax=axes, font_size=9)
    nx.draw_networkx_edge_labels(graph, places, edge_labels=weights, ax=axes, font_size=10, rotate=False)
    axes.set_title("Which countries take part in the same events", loc="left", weight="bold")
    axes.margins(0.25)
    axes.axis("off")
    figure.text(0.01, 0.01, f"On each line: events that happened or are going on.\n{source}", **SMALL)
    figure.tight_layout(rect=(0, 0.08, 1, 1))
    return figure


@app.cell
def _(happened, is_program, release, source):
    entities = pd.read_parquet(release / "entities.parquet")
    countries = entities[entities["entity_type"] == "COUNTRY"]
    names = dict(zip(countries["country_code"], countries["name"], strict=True))
    network = draw_network(happened, names, source)
    if is_program:
        network.savefig("network.png", dpi=90)
    network
    return


@app.cell
def _(happened, release):
    best = happened.sort_values(["source_count", "mention_count"]).iloc[-1]
    reports = pd.read_parquet(release / "event_mentions.parquet")
    words = reports.loc[reports["event_id"] == best["event_id"], "evidence"]
    mo.md(f"## The best supported event\n\n{best['summary']}\n\n" + "\n\n".join(f"> {each}" for each in words))
    return


if __name__ == "__main__":
    app.run()
