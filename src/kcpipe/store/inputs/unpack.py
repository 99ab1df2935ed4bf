"""Bytes of a file, decompressed while they are read, within limits, and with a reason when they break off."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import pyarrow as pa

from kcpipe.settings import InputSettings


class RecordError(Exception):
    """A record, or the rest of a file, cannot be read: the reason code and the message."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none only at the end."""


class _Counted:
    """A file for Arrow to read from: counts what was read and remembers an error that is not the content's."""

    closed = False

    def __init__(self, file: Readable) -> None:
        self._file = file
        self.count = 0
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._file.read(size)
        except Exception as error:
            self.error = error
            raise
        self.count += len(data)
        return data

    def close(self) -> None:
        """Left to whoever opened the file."""


class _Gzip:
    """Unpacks gzip to the last byte that can be had; members may follow one another, and padding with NULs."""

    def __init__(self, source: _Counted) -> None:
        self._source = source
        self._decompressor = zlib.decompressobj(wbits=31)
        self._packed = b""
        self._is_between_members = True

    def read(self, size: int) -> bytes:
        while True:
            self._packed = self._packed or self._source.read(_PACKED)
            if self._is_between_members:
                if self._decompressor.eof:
                    self._packed = self._packed.lstrip(b"\0") or self._source.read(_PACKED).lstrip(b"\0")
                    self._decompressor = zlib.decompressobj(wbits=31) if self._packed else self._decompressor
                if not self._packed:
                    return b""
            is_at_end = not self._packed
            try:
                data = self._decompressor.decompress(self._packed, size)
            except zlib.error as error:
                raise RecordError("corrupt", f"the compressed data is damaged: {error}") from error
            self._is_between_members = self._decompressor.eof
            self._packed = (
                self._decompressor.unused_data if self._decompressor.eof else self._decompressor.unconsumed_tail
            )
            if data:
                return data
            if is_at_end and not self._decompressor.eof:
                raise RecordError("truncated", "the compressed data ends too early")


class _Zstandard:
    """Unpacks Zstandard, in which frames may follow one another."""

    def __init__(self, source: _Counted) -> None:
        self._source = source
        self._stream = pa.input_stream(pa.PythonFile(source, mode="r"), compression="zstd")

    def read(self, size: int) -> bytes:
        try:
            # Where the data breaks off Arrow drops what it had for that one call: so calls are short.
            return bytes(self._stream.read(min(size, 1 << 10)))
        except OSError as error:
            if self._source.error is not None:
                raise self._source.error from error
            if "Truncated" in str(error):
                raise RecordError("truncated", f"the compressed data ends too early: {error}") from error
            raise RecordError("corrupt", f"the compressed data is damaged: {error}") from error


_PACKED = 1 << 16
_UNPACKERS: Mapping[str, Callable[[_Counted], Readable]] = {"gzip": _Gzip, "zstd": _Zstandard}


class Unpacked(io.RawIOBase):
    """The content of a file, decompressed as it is read; memory is that of a buffer.

    compression: "gzip", "zstd" or None. Reading raises RecordError: `truncated` when the file ends in the middle,
    `corrupt` when it is not what it says, `decompression_bomb` past the limits; OSError when the file itself cannot
    be read. `failure` keeps what was raised, since parsers above may hide it. With `ends_quietly` it is not raised, and
    the content seems to end there: for parsers that would drop the records before it.
    """

    def __init__(
        self, file: Readable, compression: str | None, limits: InputSettings, *, ends_quietly: bool = False
    ) -> None:
        super().__init__()
        self._source = _Counted(file)
        self._limits = limits
        self._ends_quietly = ends_quietly
        self._count = 0
        self._is_packed = compression is not None
        self._stream: Readable = self._source if compression is None else _UNPACKERS[compression](self._source)
        self.failure: Exception | None = None

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as there is content; 0 at the end."""
        try:
            data = self._read(len(buffer))
        except Exception as error:
            self.failure = error
            if self._ends_quietly:
                return 0
            raise
        buffer[: len(data)] = data
        return len(data)

    def _read(self, size: int) -> bytes:
        data = self._stream.read(size)
        if self._is_packed:
            self._count += len(data)
            refuse_bomb(self._source.count, self._count, self._limits)
        return data


def refuse_bomb(packed: int, unpacked: int, limits: InputSettings) -> None:
    """Raise RecordError `decompression_bomb` when so many bytes unpack to more than the limits allow.

    What would pass as one record is never a bomb, however small it was packed.
    """
    if unpacked > limits.max_unpacked_bytes:
        raise RecordError("decompression_bomb", f"unpacks to more than {limits.max_unpacked_bytes:,} bytes")
    if unpacked > limits.max_record_bytes and unpacked > limits.max_compression_ratio * max(packed, 1):
        raise RecordError(
            "decompression_bomb", f"unpacks to more than {limits.max_compression_ratio} times its packed length"
        )


def read_record(stream: Readable, limits: InputSettings) -> bytes:
    """The whole stream as one record. Raises RecordError `too_large`, and what reading the stream raises."""
    pieces: list[bytes] = []
    missing = limits.max_record_bytes + 1
    while missing and (data := stream.read(min(missing, 1 << 20))):
        pieces.append(data)
        missing -= len(data)
    if not missing:
        raise RecordError("too_large", f"the record is larger than {limits.max_record_bytes:,} bytes")
    return b"".join(pieces)
