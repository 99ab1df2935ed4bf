"""The notebook, run as its readers run it, on a release that was just built: its pictures say what the tables say."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.patches import Rectangle
from notebooks.story import draw_network, draw_timeline, spells

from kcpipe import release

mpl.use("agg")
NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "story.py"
SOURCE = "Source: events.parquet of release r7, kcpipe."


@pytest.fixture(scope="module")
def happened(seed_output: Path) -> pd.DataFrame:
    events = pd.read_parquet(release.find(seed_output).path / "events.parquet")
    return events[events["is_occurred"]]


@pytest.fixture(scope="module")
def dated(happened: pd.DataFrame) -> pd.DataFrame:
    return happened.dropna(subset=["date_start", "date_end"])


def test_it_runs_from_the_parquet_to_the_pictures(seed_output: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", str(NOTEBOOK), str(seed_output / "latest")]
    environment = {**os.environ, "MPLBACKEND": "agg", "MPLCONFIGDIR": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("timeline.png", "network.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
        assert (tmp_path / name).stat().st_size > 10_000


def test_the_timeline_has_a_bar_of_the_true_width_for_each_event(dated: pd.DataFrame) -> None:
    figure = draw_timeline(dated, SOURCE)
    bars = [bar for panel in figure.axes for bar in panel.patches if isinstance(bar, Rectangle)]
    days = Counter((end - start).days + 1 for start, end in zip(dated["date_start"], dated["date_end"], strict=True))
    assert Counter(round(bar.get_width()) for bar in bars) == days
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert len(labels) == len(dated)
    assert "Cuba and South Korea established diplomatic relations on 14 February 2024  (3 sources)" in labels
    assert [label.get_text().endswith(SOURCE) for label in figure.texts][-1]
    figure.canvas.draw()
    assert min(label.get_window_extent().x0 for label in figure.axes[0].get_yticklabels()) >= 0, "words are cut"


def test_the_network_counts_the_events_of_each_pair(happened: pd.DataFrame) -> None:
    names = {"CUB": "Cuba", "KOR": "South Korea"}
    figure = draw_network(happened, names, SOURCE)
    told = {text.get_text() for text in figure.axes[0].texts}
    pairs = Counter(pair for countries in happened["countries"] for pair in combinations(sorted(countries), 2))
    assert {str(count) for count in pairs.values()} <= told
    assert {"Cuba", "South Korea", "PRK"} <= told
    assert figure.texts[-1].get_text().endswith(SOURCE)


def test_years_of_silence_part_the_spells() -> None:
    days = [(date(1949, 1, 1), date(1949, 12, 31)), (date(1950, 1, 1), date(1953, 12, 31)), (date(2024, 2, 14),) * 2]
    table = pd.DataFrame(days, columns=["date_start", "date_end"])
    assert spells(table) == [(date(1949, 1, 1), date(1953, 12, 31)), (date(2024, 2, 14), date(2024, 2, 14))]
