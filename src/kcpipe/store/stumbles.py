"""Which errors may pass when the same is tried again, whatever file system they come from."""

from __future__ import annotations

import errno

from kcpipe.settings import USER_IN_URL, StumbleError, UserError

_LASTING_ERRORS = (FileExistsError, FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
_LASTING_NUMBERS = {
    *(errno.EDQUOT, errno.EINVAL, errno.ELOOP, errno.ENAMETOOLONG, errno.ENOSPC, errno.ENOTSUP, errno.ENXIO),
    errno.EROFS,
}
_SAYING_NOTHING = (None, errno.EIO)
"""Numbers that clients of stores give to whatever they do not know themselves."""
_PASSING_STATUSES = {408, 425, 429, 500, 502, 503, 504}
"""Of HTTP: it took too long, too much is asked for, the server has trouble of its own."""


def may_pass(error: Exception) -> bool:
    """Whether trying again may help: a disk or a network that stumbles, not a file that is missing or a full disk."""
    is_told = isinstance(error, OSError) and error.errno not in _SAYING_NOTHING
    if not is_told and (status := _status(error) or _status(error.__cause__)) is not None:
        return status in _PASSING_STATUSES
    if isinstance(error, OSError):
        return not isinstance(error, _LASTING_ERRORS) and error.errno not in _LASTING_NUMBERS
    return isinstance(error, _without_answer())


def refusal(what: str, error: Exception) -> UserError:
    """One clear line for an error that ends an act, a StumbleError where trying again may help.

    what: the act, such as `cannot read s3://news/a.txt`.
    """
    kind = StumbleError if may_pass(error) else UserError
    return kind(f"{USER_IN_URL.sub('//', what)}: {reason(error)}")


def reason(error: Exception) -> str:
    """What an error says, on one line."""
    return " ".join((getattr(error, "strerror", None) or str(error) or type(error).__name__).split())


def _status(error: BaseException | None) -> int | None:
    """The status of the answer that an error tells of, under the names that the clients have for it."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):  # botocore
        found = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    else:  # aiohttp; Azure and requests; Google
        told = (getattr(at, name, None) for at in (error, response) for name in ("status", "status_code", "code"))
        found = next((each for each in told if isinstance(each, int)), None)
    return found if isinstance(found, int) else None


def _without_answer() -> tuple[type[Exception], ...]:
    """What the clients raise, beside an OSError, when no whole answer came."""
    kinds: list[type[Exception]] = []
    try:
        from botocore.exceptions import ConnectionError, HTTPClientError, IncompleteReadError  # noqa: PLC0415
    except ImportError:  # only with the extra s3
        pass
    else:
        kinds += [ConnectionError, HTTPClientError, IncompleteReadError]
    try:
        from aiohttp import ClientConnectionError, ClientPayloadError  # noqa: PLC0415
    except ImportError:
        pass
    else:
        kinds += [ClientConnectionError, ClientPayloadError]
    return tuple(kinds)
