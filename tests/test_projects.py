"""`kcpipe init` makes a project that runs at once, and its data files add to kcpipe's own."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from conftest import tables_of_text
from kcpipe import pipeline, projects, quality, release, settings
from kcpipe.lexicon import LexiconError
from kcpipe.settings import EventSettings, UserError
from test_cli import assert_one_line, kcpipe


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new project, run once from the command line."""
    folder = tmp_path_factory.mktemp("projects") / "horn"
    made = kcpipe("init", folder)
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines()[-1] == f"Next: cd {folder} && kcpipe run news"
    ran = kcpipe("run", "news", cwd=folder)
    assert ran.returncode == 0, ran.stderr + ran.stdout
    return folder


def test_it_runs_at_once_and_tells_the_right_events(project: Path) -> None:
    told = json.loads(kcpipe("events", "--json", "-c", "Ethiopia", "-c", "ERI", cwd=project).stdout)
    assert {(row["event_kind"], row["status"], row["date_start"], row["date_end"]) for row in told} == {
        ("visit", "occurred", "2018-07-08", "2018-07-08"),
        ("sign_agreement", "occurred", "2018-07-09", "2018-07-09"),
        ("visit", "occurred", "2018-07-14", "2018-07-14"),
        ("open_mission", "occurred", "2018-07-16", "2018-07-16"),
        ("open_mission", "occurred", "2018-09-03", "2018-09-09"),
        ("open_border", "occurred", "2018-09-11", "2018-09-11"),
    }
    [border] = [row for row in told if row["event_kind"] == "open_border"]
    assert border["summary"] == "Eritrea and Ethiopia opened their border on 11 September 2018."
    assert border["mention_count"] == 2  # the title, too


def test_its_names_are_known_beside_kcpipes_own(project: Path) -> None:
    found = {row["entity_id"]: row for row in release.find(project / "output").table("entities").to_pylist()}
    assert found["person:abiy-ahmed"]["country_code"] == "ETH"
    assert found["person:isaias-afwerki"]["country_code"] == "ERI"
    assert found["org:igad"]["aliases"] == ["IGAD"]
    assert "country:ERI" in found


def test_nothing_is_written_over(project: Path, tmp_path: Path) -> None:
    assert_one_line(kcpipe("init", project), 2, "not empty")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError, match="not empty"):
        projects.start(tmp_path / "file")
    (tmp_path / "empty").mkdir()
    assert "kcpipe.toml" in projects.start(tmp_path / "empty")


def test_the_patterns_of_the_template_find_and_leave_their_sentences(project: Path) -> None:
    rules = tomllib.loads((project / "data" / "event_patterns.toml").read_text())
    events = settings.load(project / "kcpipe.toml").events
    for pattern in rules["pattern"]:
        for sentence, is_found in ((pattern["example"], True), (pattern["counterexample"], False)):
            kinds = tables_of_text(sentence, events)["event_mentions"].column("event_kind").to_pylist()
            assert (pattern["kind"] in kinds) is is_found, sentence


def test_what_the_note_on_expectations_prints_can_be_copied(tmp_path: Path) -> None:
    assert "expectations" in (projects.TEMPLATE / "kcpipe.toml").read_text()
    assert len(quality.load(quality.default_folder())) > 20
    with pytest.raises(UserError):
        quality.load(tmp_path)


def own(tmp_path: Path, name: str, content: str) -> EventSettings:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_text(content)
    return EventSettings(data=tmp_path / "data")


def test_a_row_changes_the_keys_of_what_reads_it_and_of_nothing_else(tmp_path: Path) -> None:
    before = pipeline.stage_keys(EventSettings())
    row = "org_id,name,alias,source\norg:igad,Intergovernmental Authority on Development,IGAD,a test\n"
    after = pipeline.stage_keys(own(tmp_path, "organisations.csv", row))
    changed = {stage for stage in before if before[stage] != after[stage]}
    assert changed == {stage.name for stage in pipeline.STAGES if "organisations" in stage.lexicons} != set()
    assert pipeline.extraction_key(EventSettings()) != pipeline.extraction_key(EventSettings(data=tmp_path / "data"))


def test_a_rule_of_boilerplate_is_added_too(tmp_path: Path) -> None:
    rule = '[[phrase]]\nid = "horn.letter"\nrole = "navigation"\nsource = "a test"\nwords = ["the horn letter"]\n'
    text = (projects.TEMPLATE / "news" / "2018-09-12-border.txt").read_text().replace("Share this", "The Horn Letter")
    events = own(tmp_path, "boilerplate.toml", rule)
    lines = tables_of_text(text.replace(" article", ""), events)["lines"].to_pylist()
    [line] = [line for line in lines if line["text"] == "The Horn Letter"]
    assert (line["rule_id"], line["role"], line["is_kept"]) == ("horn.letter", "navigation", False)
    mine, *others = pipeline.lexicons_of(events)["boilerplate"].rules["phrase"]
    assert mine["id"] == "horn.letter"
    assert others == pipeline.lexicons_of(EventSettings())["boilerplate"].rules["phrase"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("peple.csv", "person_id,source\n", r"peple\.csv: there is no data file of this name; there are: .*people"),
        ("people.csv", "person_id,nickname,source\nperson:x,X,a test\n", r"people\.csv: nothing called 'nickname'"),
        ("people.csv", "name,person_id,source\nX,person:x,a test\n", r"the first column is 'person_id'"),
        ("people.csv", "person_id,name\nperson:x,X\n", r"people\.csv: no column 'source'"),
        ("event_patterns.toml", "[[patern]]\nid = 'x'\n", r"nothing called 'patern'"),
        ("event_patterns.toml", "[pattern]\nid = 'x'\n", r"a dict where event_patterns has another form"),
    ],
)
def test_a_file_that_adds_to_nothing_is_named(name: str, content: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=words):
        pipeline.lexicons_of(own(tmp_path, name, content))


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="nowhere"):
        pipeline.lexicons_of(EventSettings(data=tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            "event_patterns.toml",
            '[[pattern]]\nid = "x"\nkind = "hug"\nverbs = ["hug"]\nexample = ""\ncounterexample = ""\n',
            "hug is no kind of event_kinds",
        ),
        ("event_kinds.csv", "event_kind,event_type,fit,source\nhug,HUG,none,a test\n", "event_type 'HUG' is none of"),
        ("event_kinds.csv", "event_kind,event_type,source\nhug,CONSULT,a test\n", "fit '' is none of exact"),
    ],
)
def test_a_kind_that_does_not_fit_is_the_users_mistake(name: str, content: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=words):
        tables_of_text("Japan visited Mongolia.", own(tmp_path, name, content))
