from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from kcpipe.settings import Settings, UserError, load


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "kcpipe.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_without_a_file_the_defaults_hold() -> None:
    settings = load(None)
    assert settings == Settings()
    assert (settings.run.batch_size, settings.quality.max_share_lost) == (64, 0.1)
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
