"""Which of several copies was the first: that is known when they are dated."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kcpipe.joins import look_up
from kcpipe.tables import TABLES, conform


def first_copies(document_copies: pa.Table, publication_dates: pa.Table) -> pa.Table:
    """The table of that name: for each copy the first document of its group by day of publication, dated ones before
    others, then by id, and the kind of copy it is. Arguments: tables of those names."""
    [published] = look_up(document_copies.column("document_id"), publication_dates, "document_id", "published_start")
    ordered = document_copies.append_column("published_start", published).sort_by(
        [(name, "ascending") for name in ("copy_group", "published_start", "document_id")]
    )
    groups = ordered.column("copy_group").to_numpy()
    is_first = np.append(True, groups[1:] != groups[:-1])[: len(groups)]
    first, text_digest = look_up(
        ordered.column("copy_group"), ordered.filter(pa.array(is_first)), "copy_group", "document_id", "text_digest"
    )
    is_exact = pc.equal(ordered.column("text_digest"), text_digest)
    columns = {
        "document_id": ordered.column("document_id"),
        "duplicate_of": first,
        "duplicate_kind": pc.if_else(is_exact, "exact", "near"),
    }
    return conform(TABLES["first_copies"], pa.table(columns).filter(pa.array(~is_first)))
