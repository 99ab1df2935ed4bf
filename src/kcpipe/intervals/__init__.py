"""Calendar arithmetic, and the grammar of `symbolic_value`: what words of time say before any anchor is known.

The grammar (terminals in quotes; one blank between words)::

    expression = alternative { " | " alternative }     the text leaves open which: "05/07/2015"
    alternative= span | past | every | length | reference
    span       = point                                 some day of it (or all of it: the words do not tell)
               | point ".." point                      from the first day of one to the last day of the other
               | point ".."  |  ".." point             open: "since 1959", "until Sunday"
               | "by " point | "after " point          some day not after it, not before it
    point      = [ "then " | "event " ] step { " " step }
    step       = unit "=" value                        the one of that name or number: month=5, weekday=3, season=WI
               | unit ("+" | "-") count                counted from what stands before it: year-1, month+0, day+9
               | unit ("<" | ">") value                the last one, the next one: month<12 is "last December"
    past       = ("past " | "coming ") length          a stretch that ends or begins at the anchor: "the past decade"
    every      = "every " (length | point)             a set: "every Monday" is every weekday=1
    length     = (count | "X") " " unit                64 year; X when the words give no number
    reference  = "PAST_REF" | "PRESENT_REF" | "FUTURE_REF" | "BC" year | "FY" year [ "-" part ] [ "_" country ]
                                                       before our era, as TIMEX3 writes it: BC0490; of a fiscal year,
                                                       which has days when it is that of a country's government

Steps are read from left to right, each inside (=) or from (+ -) what the former ones gave: `year-1 month=5` is May of
the year before the anchor's, `month+0 day=5` the fifth of the anchor's month; `week=last` and `weekday=1:2` are the
last week and the second Monday of the month before them, `first=9:month` the first nine months of the year before it.
A month named behind a month (`month-3 month=3`: three months ago in March) is that one or the one beside it. A first
step `year=`, `decade=` or `century=` needs no anchor. Any other first `=` is a date without a year, a day without a
month, a weekday: it recurs, and the direction and the conventions (how far from its writing such a date may lie) say
which one is meant. `then` counts from, or selects inside, another expression of the text (`then weekday>1`: the first
Monday after it); `event` counts from something that happened and has no date here. `part=early|mid|late|start|end`
cuts the former step by convention; `weekday=` after a day checks it.

Everything is monotone in the anchor: a later anchor never gives an earlier answer. So an anchor that is itself an
interval is dealt with by its two ends. Nothing here reads a clock or a file; conventions are passed in.
"""

from __future__ import annotations

from kcpipe.intervals.expression import (
    CALENDAR_UNITS,
    ENDS,
    REFERENCES,
    Direction,
    Every,
    Expression,
    Length,
    Point,
    Reference,
    Span,
    Step,
    in_story,
    named,
    parse,
    template,
    write,
)
from kcpipe.intervals.periods import Conventions, Period, period, shift, within
from kcpipe.intervals.resolve import Interval, Resolution, readings, resolve

__all__ = [
    "CALENDAR_UNITS",
    "ENDS",
    "REFERENCES",
    "Conventions",
    "Direction",
    "Every",
    "Expression",
    "Interval",
    "Length",
    "Period",
    "Point",
    "Reference",
    "Resolution",
    "Span",
    "Step",
    "in_story",
    "named",
    "parse",
    "period",
    "readings",
    "resolve",
    "shift",
    "template",
    "within",
    "write",
]
