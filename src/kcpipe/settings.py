"""The settings of a run: one `kcpipe.toml`, every value with its default, nothing unknown accepted."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class UserError(Exception):
    """The user's input or settings are wrong: one clear line, exit code 2."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


S = TypeVar("S", bound=_Section)


class InputSettings(_Section):
    """[input]: what is read."""

    max_record_bytes: int = Field(20_000_000, gt=0)
    """A larger record goes to quarantine."""
    max_compression_ratio: int = Field(200, gt=1)
    """A compressed file that grows more than so many times over is taken for a bomb; text shrinks 3 to 10 times."""
    max_unpacked_bytes: int = Field(100_000_000_000, gt=0)
    """So is one of which more than this comes out, however it is packed."""


class RunSettings(_Section):
    """[run]: how it is worked on; nothing here changes a result."""

    batch_size: int = Field(64, ge=1, le=10_000)
    """Documents per batch; 64 whole articles keep spaCy's memory under a gigabyte."""


class QualitySettings(_Section):
    """[quality]: what stops a release."""

    expectations: Path | None = None
    """Folder of suites; the project's own when not given."""
    max_share_lost: float = Field(0.1, ge=0, le=1)
    """Share of the last release's documents that may be missing before the release is stopped."""
    max_share_set_aside: float = Field(0.01, ge=0, le=1)
    """Share of a table's rows that one expectation may set aside (`on_fail`) before it stops the release."""
    memory_megabytes: int = Field(1_000, ge=100)
    """Memory that the checks may use beside the tables; what needs more goes to a temporary folder."""


class EventSettings(_Section):
    """[events]: what is looked for; a topic is a pair of data files."""

    kinds: Path | None = None
    """CSV file of kinds; the project's own `event_kinds` when not given."""
    patterns: Path | None = None
    """TOML file of patterns; the project's own `event_patterns` when not given."""


class Settings(_Section):
    """Everything that can be set."""

    input: InputSettings = InputSettings()
    run: RunSettings = RunSettings()
    quality: QualitySettings = QualitySettings()
    events: EventSettings = EventSettings()


def load(path: Path | None) -> Settings:
    """The settings of a TOML file; the defaults without one.

    Relative paths in the file count from its folder. Raises UserError when the file cannot be read, is not TOML,
    or holds an unknown or ill-typed value; the message names file and value.
    """
    if path is None:
        return Settings()
    try:
        values = tomllib.loads(path.read_bytes().decode())
        settings = Settings.model_validate(values)
    except OSError as error:
        raise UserError(f"cannot read settings {path}: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except ValueError as error:
        raise UserError(f"{path} is not TOML: {error}") from error
    return settings.model_copy(
        update={
            "quality": _from_folder(path.parent, settings.quality, "expectations"),
            "events": _from_folder(path.parent, settings.events, "kinds", "patterns"),
        }
    )


def _from_folder(folder: Path, section: S, *names: str) -> S:
    """The section with its paths counted from a folder."""
    given = {name: value for name in names if (value := getattr(section, name)) is not None}
    return section.model_copy(update={name: (folder / value).resolve() for name, value in given.items()})
