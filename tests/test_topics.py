"""A new topic is a pair of data files named in the settings: trade agreements between Japan and Mongolia."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from conftest import NOW
from kcpipe import pipeline, settings
from kcpipe.lexicon import LexiconError

COLUMNS = {
    "event_kind": "cut_tariff",
    "event_type": "COOPERATE",
    "definition": "A country lowers or ends a tariff on goods of another.",
    "plover_type": "COOPERATE",
    "plover_mode": "",
    "cameo_code": "061",
    "fit": "partial",
    "is_symmetric": "no",
    "recurs": "yes",
    "enacted_by": "",
    "past": "cut tariffs[ on {recipient}]",
    "base": "cut tariffs[ on {recipient}]",
    "doing": "cutting tariffs[ on {recipient}]",
    "source": "this test",
}
KINDS = ",".join(COLUMNS) + "\n" + ",".join(COLUMNS.values()) + "\n"
PATTERNS = """\
source = "this test"
happening = { verbs = ["begin"] }

[[pattern]]
id = "cut-tariff"
kind = "cut_tariff"
verbs = ["cut", "lower", "abolish"]
with_object = ["tariff", "duty"]
actor = ["subject", "by"]
recipient = ["on", "object"]
needs = ["actor", "recipient"]
countries = 2
example = "Japan cut its tariffs on Mongolian wool in 2016."
counterexample = "Japan cut a ribbon in Mongolia in 2016."
"""
ARTICLE = """\
Wool and beef after the agreement

Japan cut its tariffs on Mongolian wool in June 2016, and the Japanese prime minister visited Mongolia in July 2016.

Herders in the valley say that the rain came late this year and that the wool will be sold at a loss.
"""


def test_a_topic_is_a_pair_of_data_files(tmp_path: Path) -> None:
    (tmp_path / "kinds.csv").write_text(KINDS)
    (tmp_path / "patterns.toml").write_text(PATTERNS)
    (tmp_path / "kcpipe.toml").write_text('[events]\nkinds = "kinds.csv"\npatterns = "patterns.toml"\n')
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "wool.txt").write_text(ARTICLE)
    chosen = settings.load(tmp_path / "kcpipe.toml")
    outcome = pipeline.run([tmp_path / "news"], tmp_path / "output", chosen, now=NOW)
    assert outcome.status == "published", outcome.report
    assert outcome.release is not None
    [event] = pq.read_table(outcome.release.path / "events.parquet").to_pylist()
    assert (event["event_kind"], event["status"]) == ("cut_tariff", "occurred")
    assert (event["actor_countries"], event["recipient_countries"]) == (["JPN"], ["MNG"])
    assert event["summary"] == "Japan cut tariffs on Mongolia in June 2016."
    usual = pipeline.run([tmp_path / "news"], tmp_path / "usual", settings.Settings(), now=NOW)
    assert usual.release is not None
    kinds = pq.read_table(usual.release.path / "events.parquet").column("event_kind").to_pylist()
    assert kinds == ["visit"]


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "kcpipe.toml").write_text('[events]\nkinds = "nowhere.csv"\n')
    with pytest.raises(LexiconError, match=r"nowhere\.csv"):
        pipeline.lexicons_of(settings.load(tmp_path / "kcpipe.toml").events)
