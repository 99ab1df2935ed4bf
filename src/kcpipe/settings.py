"""The settings of a run: a `kcpipe.toml` and environment variables, every value with its default, nothing unknown.

KCPIPE_RUN__BATCH_SIZE=8     goes before
[run]
batch_size = 16              of kcpipe.toml, which goes before the default.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

FILE = "kcpipe.toml"
"""Found by itself in the working directory."""
_PREFIX, _DELIMITER = "KCPIPE_", "__"
USER_IN_URL = re.compile(r"(?<=:)//[^/@]*@")
"""Name and password in a URL: never shown."""
_URL_AS_PATH = re.compile(r"[a-z][a-z0-9+.-]{1,30}:/")
"""Without the second slash."""


class UserError(Exception):
    """The user's input or settings are wrong: one clear line, exit code 2."""


class StumbleError(UserError):
    """A disk or a network stumbled: one clear line, too, but trying again may help."""


def on_this_machine(output: Path) -> Path:
    """The output of a run. Raises UserError for a URL, which would be taken for a folder called `s3:`."""
    if _URL_AS_PATH.match(str(output)):
        raise UserError("the output of a run is a folder of this machine: `kcpipe publish` puts its releases elsewhere")
    return output


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class InputSettings(_Section):
    """[input]: what is read."""

    mode: Literal["mirror", "accumulate"] = "mirror"
    """mirror: a release holds what the inputs hold now. accumulate: it also holds what they once held; a file of the
    same name takes the place of its older content."""
    max_record_bytes: int = Field(20_000_000, gt=0)
    """A larger record goes to quarantine."""
    max_compression_ratio: int = Field(200, gt=1)
    """A compressed file that grows more than so many times over is taken for a bomb; text shrinks 3 to 10 times."""
    max_unpacked_bytes: int = Field(100_000_000_000, gt=0)
    """So is one of which more than this comes out, however it is packed."""


class RunSettings(_Section):
    """[run]: how it is worked on; nothing here changes a result."""

    batch_size: int = Field(128, ge=1, le=10_000)
    """Documents per batch: smaller ones leave more files for every later run to read, larger ones uneven shares."""
    wait_seconds: float = Field(0, ge=0)
    """How long to wait for another run on the same output to end, before giving up."""
    engine: Literal["processes", "dask"] = "processes"
    """What carries out the batches of per-document stages: processes of this machine, or a Dask cluster."""
    workers: int | None = Field(None, ge=1)
    """How many of them on this machine: as many as it has processors when not given. One is the run's own process."""
    dask_address: str | None = None
    """Of a Dask scheduler, such as tcp://10.0.0.1:8786; a cluster is started on this machine when not given.
    Its workers must see the output under the same path, unless there is a cache, and have the same kcpipe."""
    cache: str | None = Field(None, pattern=r"^[a-z0-9]+://")
    """URL of a place in an object store, such as s3://bucket/work, for what stages made of documents: machines share
    it. In the output's folder `work` when not given."""
    memory_megabytes: int = Field(1_000, ge=100)
    """Memory that the stages over the whole corpus, and then the checks, may use beside the libraries and the language
    model; what needs more lies in files below the output's folder `work`."""


class QualitySettings(_Section):
    """[quality]: what stops a release."""

    expectations: Path | None = None
    """Folder of suites; the project's own when not given."""
    max_share_lost: float = Field(0.1, ge=0, le=1)
    """Share of the last release's documents that may be missing before the release is stopped."""
    max_share_set_aside: float = Field(0.01, ge=0, le=1)
    """Share of a table's rows that one expectation may set aside (`on_fail`) before it stops the release."""


class EventSettings(_Section):
    """[events]: what is looked for, and in which words; a topic is some data files."""

    data: Path | None = None
    """Folder of data files, each named as one of the project's own (`people.csv`, `event_patterns.toml` ...), whose
    rows and rules stand beside those of that one."""

    kinds: Path | None = None
    """CSV file of kinds in place of the project's own `event_kinds`."""
    patterns: Path | None = None
    """TOML file of patterns in place of the project's own `event_patterns`."""


class FlowSettings(_Section):
    """[flow]: how Prefect runs it; nothing here changes a result."""

    step_timeout_seconds: float = Field(6 * 3600, gt=0)
    """A task (a batch, or a stage over all documents) that takes longer fails the run; the next goes on from there."""
    overlap: Literal["cancel", "queue"] = "cancel"
    """What `kcpipe serve` does with a run that is due while another one runs: drop it, or let it wait."""
    settle_seconds: float = Field(5, gt=0)
    """`kcpipe serve --watch` leaves the folder alone until every file has kept its size and time for so long."""


Occasion = Literal["published", "unchanged", "stopped", "failed"]


class NotifySettings(_Section):
    """[notify]: who is told how a run ended; several may be given."""

    on: tuple[Occasion, ...] = ("stopped", "failed")
    """The ends that are told: published, unchanged, stopped (by a check), failed."""
    webhook: SecretStr | None = None
    """An http(s) URL that gets a POST of JSON, whose `text` is what Slack and Mattermost show. A secret."""
    command: str | None = None
    """A command that gets the same JSON on standard input; no shell reads it. It is shown: put no secret into it."""
    block: str | None = None
    """A notification block of Prefect, such as slack-webhook/editors; only runs under Prefect tell it."""

    @field_validator("on", mode="before")
    @classmethod
    def _are_words(cls, value: object) -> object:
        """In a variable they are words with commas between them."""
        return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value

    @field_validator("webhook")
    @classmethod
    def _is_a_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("http://", "https://")):
            raise ValueError("a webhook begins with http:// or https://")
        return value


class Settings(_Section):
    """Everything that can be set. What does not change a result is left out of every dump, and so of the manifest."""

    input: InputSettings = InputSettings()
    run: RunSettings = RunSettings()
    quality: QualitySettings = QualitySettings()
    events: EventSettings = EventSettings()
    flow: Annotated[FlowSettings, Field(exclude=True)] = FlowSettings()
    notify: Annotated[NotifySettings, Field(exclude=True)] = NotifySettings()


class _InEnvironment(Settings, BaseSettings):
    """The same fields, read from environment variables."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_nested_delimiter=_DELIMITER, enable_decoding=False)


class Setting(NamedTuple):
    """One setting as it stands: section and name, value (a secret as stars), where that is from, what it means."""

    section: str
    name: str
    value: Any
    origin: Literal["default", "file", "environment"]
    meaning: str


class _Given(NamedTuple):
    """What was set, by section and name."""

    file: Path | None
    in_file: Mapping[str, Any]
    in_environment: Mapping[str, Any]


def used_file(path: Path | None) -> Path | None:
    """The file that `load` reads: the one given, else the `kcpipe.toml` of the working directory, else none."""
    found = Path(FILE)
    return path if path is not None else found if found.is_file() else None


def load(path: Path | None) -> Settings:
    """The settings in force: an environment variable goes before the file, the file before the default.

    path: a TOML file; without one, the `kcpipe.toml` of the working directory, if there is one. Relative paths in a
    file count from its folder. Raises UserError when the file cannot be read, is not TOML, or when file or environment
    hold an unknown or ill-typed value; the message names the file or the variable and never a secret's value.
    """
    return _merged(_given(path))


def explain(path: Path | None) -> list[Setting]:
    """Every setting in force with its origin and meaning; parameters and errors as for `load`."""
    given = _given(path)
    settings = _merged(given)
    return [
        Setting(
            section,
            name,
            _shown(getattr(values, name)),
            _origin(given, section, name),
            " ".join((field.description or "").split()),
        )
        for section, values in settings
        for name, field in type(values).model_fields.items()
    ]


def _given(path: Path | None) -> _Given:
    file = used_file(path)
    in_file = _from_folder(file.parent, _read(file)) if file is not None else {}
    return _Given(file, in_file, _from_folder(Path(), _read_environment()))


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_bytes().decode())
    except OSError as error:
        raise UserError(f"cannot read settings {file}: {error.strerror}") from error
    except ValueError as error:
        raise UserError(f"{file} is not TOML: {error}") from error


def _read_environment() -> dict[str, Any]:
    """What variables say, by section and name. Raises UserError for one that names no section."""
    for variable in os.environ:
        section, delimiter, _ = variable.removeprefix(_PREFIX).partition(_DELIMITER)
        if variable.startswith(_PREFIX) and delimiter and section.lower() not in Settings.model_fields:
            raise UserError(f"{variable}: there is no section {section.lower()}")
    found = EnvSettingsSource(_InEnvironment)()
    return {section: of for section, of in found.items() if isinstance(of, dict)}


def _from_folder(folder: Path, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with their paths counted from a folder."""
    return {
        section: {
            name: str((folder / value).resolve()) if _is_path(section, name) and isinstance(value, str) else value
            for name, value in of.items()
        }
        if isinstance(of, dict)
        else of
        for section, of in values.items()
    }


def _is_path(section: str, name: str) -> bool:
    declared = Settings.model_fields.get(section)
    fields = declared.annotation.model_fields if declared is not None else {}  # type: ignore[union-attr]
    return name in fields and Path in get_args(fields[name].annotation)


def _merged(given: _Given) -> Settings:
    values = dict(given.in_environment)
    for section, of in given.in_file.items():
        # What is no section in the file stays as it is, for the error to name it.
        values[section] = of | values.get(section, {}) if isinstance(of, dict) else of
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = [str(part) for part in first["loc"]]
        by_variable = _is_given(given.in_environment, place)
        where = _PREFIX + _DELIMITER.join(place[:2]).upper() if by_variable else f"{given.file}: {'.'.join(place)}"
        unknown = "there is no such setting" if first["type"] == "extra_forbidden" else None
        raise UserError(f"{where}: {unknown or first['msg'].removeprefix('Value error, ')}") from None


def _is_given(values: Mapping[str, Any], place: Sequence[str]) -> bool:
    section, *name = place[:2]
    return section in values and (not name or name[0] in values[section])


def _origin(given: _Given, section: str, name: str) -> Literal["default", "file", "environment"]:
    if _is_given(given.in_environment, (section, name)):
        return "environment"
    return "file" if _is_given(given.in_file, (section, name)) else "default"


def _shown(value: object) -> object:
    """A value as JSON can hold it; a secret as stars, also the one in a URL."""
    if isinstance(value, SecretStr):
        return "******"
    if isinstance(value, str):
        return USER_IN_URL.sub("//******@", value)
    return list(value) if isinstance(value, tuple) else value
