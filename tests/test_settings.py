from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from kcpipe.settings import Settings, UserError, explain, load, used_file
from kcpipe.store import place


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory of its own, and no variable from outside."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    for name in [name for name in os.environ if name.startswith("KCPIPE_")]:
        monkeypatch.delenv(name)


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "kcpipe.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_without_a_file_the_defaults_hold() -> None:
    settings = load(None)
    assert settings == Settings()
    assert (settings.run.batch_size, settings.quality.max_share_lost) == (128, 0.1)
    assert settings.input.max_record_bytes == 20_000_000
    assert settings.quality.expectations is None


def test_what_is_not_set_keeps_its_default(tmp_path: Path) -> None:
    settings = load(written(tmp_path, "[run]\nbatch_size = 8\n"))
    assert settings.run.batch_size == 8
    assert settings.quality == Settings().quality
    assert load(written(tmp_path, "")) == Settings()


def test_paths_count_from_the_folder_of_the_file(tmp_path: Path) -> None:
    settings = load(written(tmp_path, '[quality]\nexpectations = "my/suites"\n'))
    assert settings.quality.expectations == (tmp_path / "my" / "suites").resolve()


def test_an_absolute_path_stays(tmp_path: Path) -> None:
    suites = (tmp_path / "suites").resolve()
    assert load(written(tmp_path, f'[quality]\nexpectations = "{suites}"\n')).quality.expectations == suites


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("[run]\nbatchsize = 8\n", "run.batchsize"),
        ("[speed]\nfast = true\n", "speed"),
        ('[run]\nbatch_size = "many"\n', "run.batch_size"),
        ("[run]\nbatch_size = 0\n", "run.batch_size"),
        ("[run]\nbatch_size = 1.5\n", "run.batch_size"),
        ("[quality]\nmax_share_lost = 1.1\n", "quality.max_share_lost"),
        ("[input]\nmax_record_bytes = -1\n", "input.max_record_bytes"),
        ("[input]\nmax_compression_ratio = 1\n", "input.max_compression_ratio"),
        ("[input]\nmax_unpacked_bytes = 0\n", "input.max_unpacked_bytes"),
        ("run = 3\n", "run"),
        ("[run\nbatch_size = 8\n", "not TOML"),
        (b"[run]\nbatch_size = \xff\n", "not TOML"),
    ],
)
def test_a_wrong_file_is_one_clear_line(tmp_path: Path, content: str | bytes, named: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(UserError) as caught:
        load(path)
    message = str(caught.value)
    assert str(path) in message
    assert named in message
    assert "\n" not in message


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="cannot read settings") as caught:
        load(tmp_path / name)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_settings_do_not_change_under_way() -> None:
    settings = Settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.run.batch_size = 3  # type: ignore[misc]


def test_the_file_of_the_working_directory_is_found(tmp_path: Path) -> None:
    assert used_file(None) is None
    written(Path(), "[run]\nbatch_size = 8\n")
    assert used_file(None) == Path("kcpipe.toml")
    assert load(None).run.batch_size == 8
    given = written(tmp_path, "[run]\nbatch_size = 9\n")
    assert used_file(given) == given
    assert load(given).run.batch_size == 9


def test_a_variable_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "[run]\nbatch_size = 8\n[quality]\nmax_share_lost = 0.2\n")
    monkeypatch.setenv("KCPIPE_RUN__BATCH_SIZE", "16")
    settings = load(path)
    assert (settings.run.batch_size, settings.quality.max_share_lost) == (16, 0.2)
    assert load(None).run.batch_size == 16


def test_a_path_in_a_variable_counts_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, '[quality]\nexpectations = "of the file"\n')
    monkeypatch.setenv("KCPIPE_EVENTS__KINDS", "kinds.csv")
    settings = load(path)
    assert settings.events.kinds == Path("kinds.csv").resolve()
    assert settings.quality.expectations == (tmp_path / "of the file").resolve()


def test_a_list_in_a_variable_is_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KCPIPE_NOTIFY__ON", "failed, published")
    assert load(None).notify.on == ("failed", "published")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("KCPIPE_RUN__BATCHSIZE", "8", "there is no such setting"),
        ("KCPIPE_SPEED__FAST", "1", "there is no section speed"),
        ("KCPIPE_RUN__BATCH_SIZE", "many", "valid integer"),
        ("KCPIPE_FLOW__OVERLAP", "both", "'cancel' or 'queue'"),
        ("KCPIPE_NOTIFY__ON", "late", "'published'"),
        ("KCPIPE_NOTIFY__WEBHOOK", "geheim", "begins with http:// or https://"),
    ],
)
def test_a_wrong_variable_is_one_clear_line(
    variable: str, value: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "[run]\nbatch_size = 8\n")
    monkeypatch.setenv(variable, value)
    with pytest.raises(UserError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{variable}: ")
    assert words in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_a_variable_that_only_begins_alike_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KCPIPE_HOME", "/srv")
    monkeypatch.setenv("KCPIPE_RUN", "yes")
    assert load(None) == Settings()


def test_every_setting_is_explained_with_its_origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, '[run]\nbatch_size = 8\n[notify]\nwebhook = "https://example.org/geheim"\n')
    monkeypatch.setenv("KCPIPE_FLOW__OVERLAP", "queue")
    rows = {f"{row.section}.{row.name}": row for row in explain(path)}
    assert rows.keys() == {f"{section}.{name}" for section, values in Settings() for name in type(values).model_fields}
    assert {name: row.origin for name, row in rows.items() if row.origin != "default"} == {
        "run.batch_size": "file",
        "notify.webhook": "file",
        "flow.overlap": "environment",
    }
    assert (rows["run.batch_size"].value, rows["flow.overlap"].value) == (8, "queue")
    assert rows["notify.webhook"].value == "******"
    assert all(row.meaning.endswith(".") for row in rows.values())


def test_a_password_in_a_url_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KCPIPE_RUN__CACHE", "sftp://me:geheim@host/work")
    rows = {f"{row.section}.{row.name}": row.value for row in explain(None)}
    assert rows["run.cache"] == "sftp://******@host/work"
    with pytest.raises(UserError, match=r"^cannot use sftp://host/work: no") as caught:  # noqa: SIM117
        with place("sftp://me:geheim@host/work").refusals():
            raise OSError(errno.EIO, "no answer")
    assert "geheim" not in str(caught.value)


def test_a_secret_is_in_no_dump(tmp_path: Path) -> None:
    settings = load(written(tmp_path, '[notify]\nwebhook = "https://example.org/geheim"\n'))
    assert settings.notify.webhook is not None
    assert settings.notify.webhook.get_secret_value().endswith("geheim")
    assert "geheim" not in f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}"
    assert settings.model_dump().keys() == {"input", "run", "quality", "events"}
