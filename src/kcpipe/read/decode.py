"""What bytes say: the encoding found with certainty, or guessed when one guess stands out, or none.

Certain are a byte-order mark that the bytes keep, UTF-8 that decodes, and UTF-16 and UTF-32 whose NUL bytes show the
width. Everything else is a guess: Windows-1252 when the text is then one that Western Europe could write, else the best
of charset-normalizer among the encodings of the web, taken only when no other reading of the bytes comes near it.
Nothing is repaired: the text is what the bytes say, code point for code point, but for half surrogates, which no
encoding can hold, and for what is broken in a text that is UTF-8 all the same: each of these becomes one U+FFFD.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from charset_normalizer import CharsetMatch, from_bytes

from kcpipe.byte_order import marked_encoding


class UnusableError(Exception):
    """Bytes that are no text: the reason code and the message."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class Note(NamedTuple):
    """What is to be known about a text that was read all the same: the reason code and the message."""

    reason: str
    message: str


class Decoded(NamedTuple):
    """A text, the Python codec that gives it, and what is to be known about it."""

    encoding: str
    text: str
    notes: tuple[Note, ...] = ()


# First bytes by which file formats name themselves; those that hold no NUL and few control characters need them.
_MAGIC = (
    (b"%PDF-", "a PDF file"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"\x7fELF", "a program"),
    (b"PAR1", "a Parquet file"),
)
# White space and the escape of terminal colours are at home in text; no other control character is.
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b") + b"\x7f"
_NO_CONTROLS = dict.fromkeys(_CONTROLS)
MAX_CONTROL_SHARE = 0.02
"""More control characters than this make bytes binary: random bytes hold eleven in a hundred, real text none."""
_MIN_NUL_SHARE, _MIN_NUL_SHARE_UTF_8 = 0.01, 0.4
"""In UTF-16 spaces and line ends hold a NUL in every script; where all are ASCII nearly half of them are NULs."""
_SPACING = " \t\r\n.,\u3000。，"
_MIN_SPACING = 0.02
_MIN_WIDE_BYTES = 16
"""Fewer bytes may be read in many ways."""
"""Spaces, stops and line ends are at least so many of the characters of a text, read in the right order of bytes."""

# The single-byte and East Asian encodings of the WHATWG Encoding Standard that charset-normalizer tells apart, the
# usual one first: several of them often read the same bytes as the same text, which then goes by the first name.
_WEB_ENCODINGS = (
    *("cp1252", "euc_kr", "cp949", "shift_jis", "cp932", "euc_jp", "gb18030", "big5"),
    *("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"),
    *("iso8859_2", "iso8859_5", "iso8859_7", "koi8_r", "koi8_u", "mac_roman"),
)
_EAST_ASIAN = frozenset(("euc_kr", "cp949", "shift_jis", "cp932", "euc_jp", "gb18030", "big5"))
_MIN_WHOLE = 2
"""Bytes of another encoding make a character of UTF-8 by chance once in several that break it, never twice as often."""
_GUESS_BYTES = 100_000
_MAX_MESS = 0.05
"""charset-normalizer's share of implausible characters; wrong readings of whole sentences lie at 0.1 and above."""
_NEAR_MESS, _NEAR_COHERENCE = 0.02, 0.1
"""Another reading this near to the best is a rival: which of them is right nobody can tell."""
_MIN_WORDS = 5
"""Fewer words tell nothing about a language."""
_MIN_FOREIGN = 8
"""Fewer characters outside ASCII tell nothing about a script."""
_MIN_EAST_ASIAN_SHARE = 0.5
"""Accented letters can be misread as East Asian ones; then they stand alone among many letters of ASCII."""

# Windows-1252 as the languages of Western Europe use it: letters, quotes and dashes, signs. Letters that the Turkish,
# Czech or Icelandic would have in these places are left out, and so is what two letters of theirs make together.
_LOWER, _UPPER = "àáâãäåæçèéêëìíîïñòóôõöøœùúûüß", "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒÙÚÛÜ"
_MARKS_OF_SPEECH, _SIGNS = "‘’‚“”„…–—«»‹›¿¡\xa0\xad", "•·€£§©®™°²³"
_WESTERN = frozenset(_LOWER + _UPPER + _MARKS_OF_SPEECH + _SIGNS)
_NOT_WESTERN = re.compile(
    rf"[a-z{_LOWER}][{_UPPER}]|[{_UPPER}][{_UPPER}{_LOWER}]|[{_UPPER}][A-Z][a-z]|[,.;:!?][{_UPPER}]"
    rf"|[{_LOWER}]{{3}}|[{_LOWER}{_UPPER}][{_SIGNS}]|[{_SIGNS}][{_LOWER}{_UPPER}]|[a-z][¿¡]"
    rf"|õ(?!e)|(?<![hmlf])ã(?![oe])|(?<!m)[²³]|[²³]\w"
)


def decode(raw: bytes) -> Decoded:
    """The text of a record.

    Raises UnusableError: `empty`, `binary`, `whitespace_only`, or `undecodable` when a mark promises an encoding that
    the bytes break, or when it is not UTF-8 and no guess stands out. A text decoded by a guess has the note `not_utf8`,
    UTF-8 that is broken in few places the note `broken_utf8`, one with half surrogates the note `lone_surrogates`.
    """
    if not raw:
        raise UnusableError("empty", "the record holds no bytes")
    for magic, what in _MAGIC:
        if raw.startswith(magic):
            raise UnusableError("binary", f"the record is {what}")
    encoding = marked_encoding(raw) or _unmarked_wide(raw)
    if encoding is None or encoding == "utf-8-sig":
        _refuse_controls(len(raw), _controls(raw), "bytes")
    decoded = _decode_as(raw, encoding) if encoding is not None else _decode_unmarked(raw)
    text = decoded.text
    _refuse_controls(len(text), _controls(text.encode()), "characters")
    if all(character.isspace() or unicodedata.category(character) in ("Cf", "Cc") for character in text):
        raise UnusableError("whitespace_only", f"the record holds {len(text)} characters, all of them white space")
    return decoded


def _controls(raw: bytes) -> int:
    """How many bytes are control characters, as those of UTF-8 are that are none of a longer character."""
    return len(raw) - len(raw.translate(None, _CONTROLS))


def _refuse_controls(total: int, controls: int, unit: str) -> None:
    if controls > MAX_CONTROL_SHARE * total:
        raise UnusableError("binary", f"{controls} of {total} {unit} are control characters")


def _decode_as(raw: bytes, encoding: str) -> Decoded:
    """The text in an encoding that is certain. Raises UnusableError when the bytes break it."""
    try:
        return Decoded(encoding, raw.decode(encoding))
    except UnicodeDecodeError as error:
        if (halves := _decode_halves(raw, encoding)) is not None:
            return halves
        message = f"a byte-order mark says {encoding}, byte {error.start} breaks it: {error.reason}"
        raise UnusableError("undecodable", message) from error


def _decode_halves(raw: bytes, encoding: str) -> Decoded | None:
    """The text when all that is wrong with the bytes is surrogates that are not at home there.

    Pairs of them, as some programs write them into UTF-8, are the character they mean; a half is U+FFFD.
    """
    try:
        text = raw.decode(encoding, "surrogatepass")
    except UnicodeDecodeError:
        return None
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    count = text.count("\ufffd")
    message = f"half surrogates, or pairs of them, in {encoding}: {count} characters are U+FFFD; the document is kept"
    return Decoded(encoding, text, (Note("lone_surrogates", message),))


def _unmarked_wide(raw: bytes) -> str | None:
    """The codec of UTF-16 or UTF-32 without a mark, when its NUL bytes leave no doubt."""
    least = _MIN_NUL_SHARE_UTF_8 if _is_utf_8(raw) else _MIN_NUL_SHARE
    if len(raw) < _MIN_WIDE_BYTES or len(raw) % 2 or raw.count(0) < least * len(raw):
        return None
    for encoding, place in (("utf-32-le", 3), ("utf-32-be", 0)):
        if len(raw) % 4 == 0 and raw[place::4].count(0) == len(raw) // 4 and _is_plain(raw, encoding):
            # A few bytes fit by chance: like any text it must hold spaces.
            return encoding if _spacing(raw.decode(encoding)) >= _MIN_SPACING else None
    little, big = (_spacing(raw.decode(encoding, "replace")) for encoding in ("utf-16-le", "utf-16-be"))
    encoding, right, wrong = ("utf-16-le", little, big) if little > big else ("utf-16-be", big, little)
    return encoding if right >= _MIN_SPACING and right > 10 * wrong and _is_plain(raw, encoding) else None


def _is_utf_8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _spacing(text: str) -> float:
    return sum(map(text.count, _SPACING)) / max(len(text), 1)


def _is_plain(raw: bytes, encoding: str) -> bool:
    try:
        return _is_assigned(raw.decode(encoding))
    except UnicodeDecodeError:
        return False


def _is_assigned(text: str) -> bool:
    """Whether every character is one that Unicode has given a meaning, and no control character but white space."""
    return all(
        character in "\t\n\v\f\r\x1b" or unicodedata.category(character) not in ("Cc", "Cn", "Co", "Cs")
        for character in set(text)
    )


def _decode_unmarked(raw: bytes) -> Decoded:
    try:
        return Decoded("utf-8", raw.decode())
    except UnicodeDecodeError as error:
        if (halves := _decode_halves(raw, "utf-8")) is not None:
            return halves
        if (broken := _decode_broken(raw)) is not None:
            return broken
        where = f"not UTF-8: byte {error.start} (0x{raw[error.start]:02x}): {error.reason}"
        if (decoded := _decode_guess(raw, "cp1252")) is not None and _is_western(decoded.text):
            return decoded._replace(notes=(_guessed(where, decoded),))
        matches = list(from_bytes(_sample(raw), cp_isolation=list(_WEB_ENCODINGS)))
        encoding = _confident(matches)
        if encoding is not None and (decoded := _decode_guess(raw, encoding)) is not None:
            return decoded._replace(notes=(_guessed(where, decoded),))
        names = ", ".join(dict.fromkeys(match.encoding for match in matches[:3]))
        likely = f"it may be {names}, which is not certain" if names else "no known encoding fits"
        raise UnusableError("undecodable", f"{where}; {likely}") from error


def _decode_broken(raw: bytes) -> Decoded | None:
    """The text of UTF-8 that is broken in few places: cut off, or with a piece pasted in from another encoding."""
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd") - raw.count("\ufffd".encode())
    whole = len(text) - len(text.encode("ascii", "ignore")) - broken
    if whole < _MIN_WHOLE * broken:
        return None
    message = f"{whole} characters beyond ASCII are UTF-8, {broken} places are not and are U+FFFD; the document is kept"
    return Decoded("utf-8", text, (Note("broken_utf8", message),))


def _guessed(where: str, decoded: Decoded) -> Note:
    return Note("not_utf8", f"{where}; decoded as {decoded.encoding}, which is a guess; the document is kept")


def _sample(raw: bytes) -> bytes:
    """The lines that are not ASCII, as many as tell enough. No byte of a character in any of these is a line feed."""
    lines: list[bytes] = []
    size = 0
    for line in raw.split(b"\n"):
        if not line.isascii():
            lines.append(line)
            size += len(line)
            if size > _GUESS_BYTES:
                break
    sample = b"\n".join(lines)
    if len(sample) > 2 * _GUESS_BYTES:  # one enormous line: cut where no character is cut
        sample = sample[: sample.rfind(b" ", 0, _GUESS_BYTES) + 1] or sample
    return sample


def _is_western(text: str) -> bool:
    """Whether bytes read as Windows-1252, by far the commonest encoding of the West, make such a text."""
    foreign = {character for character in text if character > "\x7f"}
    return foreign <= _WESTERN and not _NOT_WESTERN.search(text) and len(text.split()) >= _MIN_WORDS


def _confident(matches: list[CharsetMatch]) -> str | None:
    """The encoding that stands out among charset-normalizer's findings, the best of which comes first."""
    if not matches:
        return None
    best, text = matches[0], str(matches[0])
    rivals = [
        match
        for match in matches[1:]
        if match.chaos <= best.chaos + _NEAR_MESS
        and match.coherence >= best.coherence - _NEAR_COHERENCE
        and str(match) != text
    ]
    foreign = sum(character > "\x7f" for character in text)
    is_telling = best.coherence > 0
    if best.encoding in _EAST_ASIAN:
        is_telling = foreign >= _MIN_EAST_ASIAN_SHARE * sum(map(str.isalpha, text))
    is_certain = best.chaos <= _MAX_MESS and not rivals and is_telling and foreign >= _MIN_FOREIGN
    return best.encoding if is_certain else None


def _decode_guess(raw: bytes, encoding: str) -> Decoded | None:
    """The whole record in that encoding, under the usual name of those that give this text; None if it breaks it."""
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return None
    if not _is_assigned(text.translate(_NO_CONTROLS)):
        return None
    return Decoded(next(name for name in (*_WEB_ENCODINGS, encoding) if _reads(raw, name, text)), text)


def _reads(raw: bytes, encoding: str, text: str) -> bool:
    try:
        return raw.decode(encoding) == text
    except UnicodeDecodeError:
        return False
