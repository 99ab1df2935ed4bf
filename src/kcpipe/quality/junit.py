"""The verdict as JUnit XML, which every build server can show: a suite of tests per suite, a test per expectation."""

from __future__ import annotations

from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kcpipe.quality.verdict import Verdict


def junit(verdict: Verdict, name: str) -> bytes:
    """The checks as one XML document in UTF-8; `name` is that of the release.

    A critical check that did not hold is a failure. A warning, a note, or what was allowed to fail is skipped, with
    what was found as its message: it stopped nothing.
    """
    root = Element("testsuites", name=name)
    for suite, rows in groupby(verdict.checks.to_pylist(), key=lambda row: str(row["suite"])):
        checks = list(rows)
        failed = [row for row in checks if _blocks(row)]
        passed_over = [row for row in checks if not row["success"] and not _blocks(row)]
        of_suite = SubElement(
            root,
            "testsuite",
            name=suite,
            tests=str(len(checks)),
            failures=str(len(failed)),
            errors="0",
            skipped=str(len(passed_over)),
        )
        for row in checks:
            case = SubElement(of_suite, "testcase", classname=suite, name=f"{row['expectation_id']} {row['why']}")
            if row["success"]:
                continue
            message = _printable(f"{row['severity']}: {row['observed']}")
            told = SubElement(case, "failure" if _blocks(row) else "skipped", message=message)
            told.text = _printable("\n".join(filter(None, (row["allowed_because"], *row["sample_keys"]))))
    indent(root)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _blocks(row: dict[str, object]) -> bool:
    return not row["success"] and row["severity"] == "critical" and row["allowed_because"] is None


def _printable(words: str) -> str:
    """Without the characters that XML cannot hold, escaped or not."""
    return "".join(
        c if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c < "\ufffe") else "�" for c in words
    )
