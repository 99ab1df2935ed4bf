"""Keeping: is all there as it was published, and what may go."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from kcpipe import store
from kcpipe.ids import digest
from kcpipe.release.changes import apply
from kcpipe.release.log import LogEntry, State, append, instant, state, who
from kcpipe.release.publishing import clear_away, finish_pruning, recovered
from kcpipe.release.reading import MANIFEST, SUMS, Release, check_published, folder, listed, opened, sums
from kcpipe.release.shards import described
from kcpipe.settings import UserError
from kcpipe.store import Place
from kcpipe.tables import TABLES, ContractError, arrange, conform, empty

# --- verify ------------------------------------------------------------------------------------------------------


def verify(release: Release) -> list[str]:
    """What is wrong with a release, one sentence per file missing, added or changed; empty when it is sound.

    The log knows the manifest's SHA-256, the manifest those of all other files.
    """
    manifests = state(release.place).manifests
    if release.id not in manifests:
        return ["it is not in the log"]
    home = folder(release.id)
    found = {name: _sha256(release.place, f"{home}/{name}", size) for name, size in release.place.files(home).items()}
    if found.get(MANIFEST) != manifests[release.id]:
        return [f"{MANIFEST} is not the one that was published"]
    expected = listed(release.manifest) | {MANIFEST: manifests[release.id]}
    expected[SUMS] = digest(sums(expected))
    return [
        *(f"{name} is missing" for name in sorted(expected.keys() - found.keys())),
        *(f"{name} was added" for name in sorted(found.keys() - expected.keys())),
        *(f"{name} has changed" for name in sorted(expected) if found.get(name, expected[name]) != expected[name]),
    ]


def _sha256(place: Place, name: str, size: int) -> str:
    if size < 0:
        return "a link"
    with place.open(name) as file:
        hashed = hashlib.sha256()
        while block := file.read(1 << 20):
            hashed.update(block)
        return hashed.hexdigest()


def verify_all(output: Path | str, *, deep: bool = False) -> dict[str, list[str]]:
    """What is wrong with a store, by release and, for what belongs to none, under "store".

    deep: read every table, too: rows, columns and keys as the manifest says, and the changes lead from the parent's
    rows to the release's. Raises UserError when there is nothing to look at.
    """
    place = store.place(output)
    with place.refusals():
        check_published(place)
        now = state(place)
        found = {"store": [*_log_gaps(now), *_damaged_objects(place)]}
        for release_id in now.kept:
            try:
                release = opened(place, release_id)
                found[release_id] = verify(release)
                if deep and not found[release_id]:
                    found[release_id] = list(_deep(release, now))
            except UserError as error:
                found[release_id] = [str(error)]
    return {name: problems for name, problems in found.items() if problems}


def _log_gaps(now: State) -> Iterator[str]:
    for number, entry in enumerate(now.entries, start=1):
        if entry.seq != number:
            yield f"log entry {number} is missing"
            return


def _damaged_objects(place: Place) -> Iterator[str]:
    """Objects whose content is not what their name says. An object that no release names any more is no harm."""
    for name, size in place.files("objects").items():
        if _sha256(place, f"objects/{name}", size) != name.rpartition("/")[2].removesuffix(".parquet"):
            yield f"objects/{name} has changed"


def _deep(release: Release, now: State) -> Iterator[str]:
    parent_id = release.manifest["parent"]
    parent = opened(release.place, parent_id) if parent_id in now.kept else None
    changes = release.changes()
    for name, entry in release.manifest["tables"].items():
        rows = release.table(name)
        if rows.num_rows != entry["rows"]:
            yield f"{name} has {rows.num_rows} rows, its manifest says {entry['rows']}"
        if name not in TABLES or entry["schema"] != described(name):
            continue  # of another version of the tables: this one cannot judge it
        try:
            rows = conform(TABLES[name], rows)
        except ContractError as error:
            yield f"{name} breaks its declaration: {error}"
            continue
        if parent is None or release.manifest.get("purged") or name not in parent.manifest["tables"]:
            continue
        before = parent.table(name)
        after = apply(TABLES[name], before, changes[name]) if name in changes else _same(name, before)
        if not after.equals(arrange(TABLES[name], rows)):
            yield f"{name}: the rows of {parent_id} and the changes do not give its rows"


def _same(name: str, rows: pa.Table) -> pa.Table:
    return apply(TABLES[name], rows, empty(TABLES[name]).append_column("_change", pa.array([], pa.string())))


# --- prune -------------------------------------------------------------------------------------------------------

POLICY = "last=7,days=7,daily=14,weekly=8,monthly=12"
"""What is kept unless the user says otherwise; a day's, week's or month's release is its last one."""
_PERIODS = {"daily": "%Y-%m-%d", "weekly": "%G-%V", "monthly": "%Y-%m"}


def prune(output: Path | str, keep: str = POLICY, *, now: datetime, dry_run: bool = False) -> list[str]:
    """Delete the tables of releases that a policy does not keep, and the objects that no release names any more.

    keep: `last=N` (the newest), `days=N` (younger than that), `daily=N`, `weekly=N`, `monthly=N` (the last one of
    each of so many days ...), joined by commas. What a ref means is always kept; and so are the changes, the
    manifest and the CHANGELOG of what goes. dry_run: only say what would go. Returns the ids that go, oldest first.
    Raises UserError for a policy that cannot be read.
    """
    place = store.place(output)
    policy = _policy(keep)
    check_published(place)
    with place.turn(), place.refusals():
        current = state(place) if dry_run else recovered(place)
        going = _going(current, policy, now)
        if dry_run:
            return going
        for release_id in going:
            current = state(place)
            entry = LogEntry(
                seq=current.next_seq, op="prune", release=release_id, at=instant(now), by=who(), reason=f"keep {keep}"
            )
            if not append(place, entry):
                raise UserError(f"somebody else is at {place.at()}: prune again")
            finish_pruning(place, release_id)
        clear_away(place)
    return going


def _policy(keep: str) -> dict[str, int]:
    policy: dict[str, int] = {}
    for part in keep.split(","):
        name, _, number = (word.strip() for word in part.partition("="))
        if name not in ("last", "days", *_PERIODS) or not number.isdecimal():
            raise UserError(f"--keep {keep!r}: {part!r} is none of last=N, days=N, daily=N, weekly=N, monthly=N")
        policy[name] = int(number)
    return policy


def _going(current: State, policy: Mapping[str, int], now: datetime) -> list[str]:
    """The releases that a policy does not keep."""
    published = {entry.release: datetime.fromisoformat(entry.at) for entry in current.entries if entry.op == "publish"}
    kept = {*current.refs.values(), *_newest(current.kept, policy.get("last", 0))}
    kept |= {each for each in current.kept if now - published[each] < timedelta(days=policy.get("days", 0))}
    for name, form in _PERIODS.items():
        last = {published[each].astimezone(UTC).strftime(form): each for each in current.kept}
        kept |= {last[period] for period in _newest(list(last), policy.get(name, 0))}
    return [each for each in current.kept if each not in kept]


def _newest(items: Sequence[str], count: int) -> Sequence[str]:
    return items[-count:] if count else ()
