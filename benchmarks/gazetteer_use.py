"""Which rows of the gazetteers some texts use: a row that no text needs may be wrong, or may wait for its country.

python benchmarks/gazetteer_use.py FOLDER [--unused FILE ...]

FOLDER holds plain-text articles. Prints for each data file of names how many of its names stand in them, and lists
those of the files named (people, organisations, ...) that stand in none.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from kcpipe import lexicon
from kcpipe.lexicon import Matcher
from kcpipe.names.reading import plain

COLUMNS = {"countries": "alias", "people": "alias", "organisations": "alias", "places": "name", "titles": "title"}


def used(file: str, texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """The names of a data file that stand in the texts, and those that do not."""
    names = [row[COLUMNS[file]] for row in lexicon.load(file).rows]
    # Each name is looked for on its own, so that "Korea" also stands in "South Korea".
    matchers = {name: Matcher({plain(name): name}, ignore_case=file == "titles") for name in dict.fromkeys(names)}
    text = "\n".join(map(plain, texts))
    found = [name for name, matcher in matchers.items() if matcher.find(text)]
    return found, [name for name in matchers if name not in set(found)]


def main() -> None:
    """Print the counts and lists."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--unused", nargs="*", default=(), choices=COLUMNS, metavar="FILE")
    options = parser.parse_args()
    texts = [path.read_text(encoding="utf-8-sig") for path in sorted(options.folder.glob("*.txt"))]
    print(f"{options.folder}: {len(texts)} texts")
    for file in COLUMNS:
        found, missing = used(file, texts)
        print(f"{file:<14}{len(found):>6} names used, {len(missing)} not")
        if file in options.unused:
            print("".join(f"    {name}\n" for name in missing), end="")


if __name__ == "__main__":
    main()
