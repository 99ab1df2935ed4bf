from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from kcpipe.ids import ID_LENGTH, digest, document_id, name_id, span_id


def test_digest_is_the_sha256_of_the_bytes() -> None:
    assert digest(b"Havana") == hashlib.sha256(b"Havana").hexdigest()


def test_document_id_is_the_beginning_of_the_digest() -> None:
    sha = digest("쿠바".encode())
    assert document_id(sha) == sha[:32]
    assert len(document_id(sha)) == ID_LENGTH


def test_ids_never_change_from_one_version_to_the_next() -> None:
    # Written down once: other people's data points to these.
    assert span_id("mention", "0" * 32, 3, 9) == "cccde4cd01203bc17c4eb45c80081d10"
    assert name_id("person", "Yun Byung-se", "KOR") == "48be9615d8fbba4216fd645ebf5644fd"


def test_every_part_of_a_span_id_counts() -> None:
    made = [
        span_id("mention", "a" * 32, 3, 9),
        span_id("quotation", "a" * 32, 3, 9),
        span_id("mention", "b" * 32, 3, 9),
        span_id("mention", "a" * 32, 2, 9),
        span_id("mention", "a" * 32, 3, 8),
        span_id("mention", "a" * 32, 3, 9, "meet"),
    ]
    assert len(set(made)) == len(made)


def test_parts_do_not_run_together() -> None:
    assert span_id("mention", "a" * 32, 1, 23) != span_id("mention", "a" * 32, 12, 3)
    assert name_id("person", "Kim", "Jong") != name_id("person", "KimJong", "")


@given(st.text(), st.text())
def test_ids_are_lower_hex_of_one_length(kind: str, name: str) -> None:
    made = name_id(kind, name)
    assert len(made) == ID_LENGTH
    assert set(made) <= set("0123456789abcdef")
