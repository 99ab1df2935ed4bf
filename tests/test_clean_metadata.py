"""What a page says about its article: title, authors, publisher, date, in the forms that news pages write."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from kcpipe import ids, lexicon
from kcpipe.clean import clean
from kcpipe.clean.rules import rules
from kcpipe.dating.page import bounded, stated
from kcpipe.tables import TABLES, build

ROOT = Path(__file__).parents[1]
SEEDS = {path.name[:3]: path.read_bytes().decode() for path in (ROOT / "seeds").glob("*.txt")}
LEXICONS = {name: lexicon.load(name) for name in ("boilerplate", "outlets", "line_model", "line_words")}
TITLE = "Cuba and South Korea open diplomatic relations"
BODY = (
    "South Korea and Cuba established diplomatic relations on Wednesday, the foreign ministry said in Seoul.\n\n"
    "The two countries exchanged notes at the United Nations in New York. Officials had met there several times.\n\n"
    "Diplomatic relations between the two countries had been cut for decades, a former ambassador said."
)
DAY = date(2024, 2, 14)
TEASERS = (("Lima", "Yuan Lin"), ("Quito", "Colin Smith"))


def said(text: str) -> dict[str, Any]:
    """The row of clean_documents, with the page's fields under `fields`; every evidence is the raw text's own."""
    sha256 = ids.digest(text.encode())
    row = {
        "document_id": ids.document_id(sha256),
        "raw_sha256": sha256,
        "raw_bytes": len(text),
        "encoding": "utf-8",
        "raw_text": text,
    }
    made = clean(raw_documents=build(TABLES["raw_documents"], [row]), lexicons=LEXICONS)
    fields = made.document_fields.to_pylist()
    assert all(field["text"] == text[field["raw_start"] : field["raw_end"]] for field in fields)
    (document,) = made.clean_documents.to_pylist()
    return {**document, "fields": [(field["field"], field["text"], field["rule_id"]) for field in fields]}


def page(header: str = "", tail: str = "", title: str = TITLE) -> str:
    return f"{title}\n\n{header}\n\n{BODY}\n\n{tail}"


@pytest.mark.parametrize(
    ("header", "authors", "day"),
    [
        ("By James Landale\n\nDiplomatic correspondent\n\n14 February 2024", ["James Landale"], DAY),
        ("James Landale\n\nDiplomatic correspondent\n\n14 February 2024", ["James Landale"], DAY),
        (
            "Patrick Wintour Diplomatic editor\n\nWed 14 Feb 2024 10.00 GMT\n\n"
            "Last modified on Wed 14 Feb 2024 15.30 GMT",
            ["Patrick Wintour"],
            DAY,
        ),
        (
            "Julian Borger in Washington and Sam Jones in Madrid\n\nWed 14 Feb 2024 10.00 GMT",
            ["Julian Borger", "Sam Jones"],
            DAY,
        ),
        (
            "Published Wed, Feb 14 202410:00 AM EST\n\nUpdated Wed, Feb 14 202411:05 AM EST\n\n"
            "Kevin Breuninger\n\n@KevinWilliamB",
            ["Kevin Breuninger"],
            DAY,
        ),
        ("Maria Lopez\n\nWednesday 14 February 2024 10:00 GMT", ["Maria Lopez"], DAY),
        (
            "By MARIA LOPEZ, Political Correspondent\n\n10:00, Wed, Feb 14, 2024 | UPDATED: 11:00, Wed, Feb 14, 2024",
            ["MARIA LOPEZ"],
            DAY,
        ),
        (
            "By\n\nMaria Lopez\n\nAssistant News Editor\n\n10:00, 14 Feb 2024Updated 11:00, 14 Feb 2024",
            ["Maria Lopez"],
            DAY,
        ),
        (
            "By MARIA LOPEZ FOR MAILONLINE\n\n"
            "Published: 10:00 GMT, 14 February 2024 | Updated: 11:00 GMT, 14 February 2024",
            ["MARIA LOPEZ"],
            DAY,
        ),
        ("By Maria Lopez - The Washington Times - Wednesday, February 14, 2024", ["Maria Lopez"], DAY),
        (
            "By MARIA LOPEZ and KIM MIN-SU\n\nPublished 10:00 AM EST, February 14, 2024",
            ["MARIA LOPEZ", "KIM MIN-SU"],
            DAY,
        ),
        ("By Maria Lopez Fox News\n\nPublished February 14, 2024 10:00am EST", ["Maria Lopez"], DAY),
        ("By Maria LopezStaff Writer \n\nFeb. 14, 2024 5 AM PT", ["Maria Lopez"], DAY),
        ("By Maria Lopez\n\nFebruary 14, 20249:00 AM GMTUpdated 2 days ago", ["Maria Lopez"], DAY),
        ("By Maria Lopez / Staff reporter\n\nWed, Feb 14, 2024 page1", ["Maria Lopez"], DAY),
        ("(Xinhua) 10:00, February 14, 2024", [], DAY),
        ("Maria Lopez / TNN / Feb 14, 2024, 10:00 IST", ["Maria Lopez"], DAY),
        ("TIMESOFINDIA.COM / Feb 14, 2024, 10:00 IST", [], DAY),
        ("Author of the article:\n\nMaria Lopez\n\nPublished Feb 14, 2024  •  3 minute read", ["Maria Lopez"], DAY),
        ("Maria Lopez The West Australian\n\nWed, 14 February 2024 10:00AM", ["Maria Lopez"], DAY),
        ("By Maria Lopez | 10:00am Feb 14, 2024", ["Maria Lopez"], DAY),
        ("By Maria Lopez with AP\n\nPublished on 14/02/2024 - 10:00 GMT+1•Updated 11:00", ["Maria Lopez"], DAY),
        ("Maria Lopez  Feb 14, 2024, 10:00 AM EST", ["Maria Lopez"], DAY),
        ("Maria Lopez\n\nFebruary 14 2024, 10:00 a.m.", ["Maria Lopez"], DAY),
        ("By Maria Lopez\n\nFeb. 14, 2024", ["Maria Lopez"], DAY),
        ("Maria Lopez\n\n10:00 AM PST • February 14, 2024", ["Maria Lopez"], DAY),
        (
            "Maria Lopez · CBC News · Posted: Feb 14, 2024 4:00 AM EST | Last Updated: February 14, 2024",
            ["Maria Lopez"],
            DAY,
        ),
        ("Feb 14, 2024 - 10:00 AM EST\n\nBy Maria Lopez", ["Maria Lopez"], DAY),
        (
            "By JERUSALEM POST STAFF\n\nPublished: FEBRUARY 14, 2024 10:00\n\nUpdated: FEBRUARY 14, 2024 11:00",
            ["JERUSALEM POST STAFF"],
            DAY,
        ),
        ("By Kim Min-su, Lee Jeong-ho and Park Ji-hyun, Reuters", ["Kim Min-su", "Lee Jeong-ho", "Park Ji-hyun"], None),
        ("By Reuters\n\n14 Feb 2024, 10:00", [], DAY),
        ("By Staff Writers\n\nFebruary 14th, 2024", ["Staff Writers"], DAY),
        ("Posted : 2024-02-14 10:00\n\nUpdated : 2024-02-14 11:00\n\nBy Lee Hyo-jin", ["Lee Hyo-jin"], DAY),
        ("2024.02.14 18:05 Updated 2024.02.15 09:00\n\nBY SEO JI-EUN [seo.jieun1@koreadaily.com]", ["SEO JI-EUN"], DAY),
        ("Published : Feb 14, 2024 - 18:05\n\nBy Ji Da-gyum (dagyumji@heraldcorp.com)", ["Ji Da-gyum"], DAY),
        (
            "Dr. Ngozi Okonjo-Iweala, María José de la Fuente and Mohammed al-Fayed\n\nFeb 14, 2024",
            ["Dr. Ngozi Okonjo-Iweala", "María José de la Fuente", "Mohammed al-Fayed"],
            DAY,
        ),
        ("Photo by Maria Lopez\n\nFeb 14, 2024", [], DAY),
        ("Updated 3 hours ago\n\nBy Maria Lopez", ["Maria Lopez"], None),
        ("Maria Lopez\n\n@marialopez\n\nWednesday, February 14, 2024 - 10:00", ["Maria Lopez"], DAY),
        (
            "By Maria Lopez, Kim Min-su | mlopez@example.com | The Plain Dealer\n\n"
            "Updated: Feb. 15, 2024, 9:00 a.m.|Published: Feb. 14, 2024, 5:30 a.m.",
            ["Maria Lopez", "Kim Min-su"],
            DAY,
        ),
        ("14th February 2024\n\nMaria Lopez\n\nReporter", ["Maria Lopez"], DAY),
        ("Havana, 14 February 2024", [], DAY),
        ("HAVANA, Feb. 14, 2024 /PRNewswire/ -- ", [], DAY),
        ("Date: 14-02-2024", [], DAY),
        ("Wednesday, 14 February, 2024, 10:00 PM", [], DAY),
        ("14 FEB 2024 - 10:00AM", [], DAY),
        ("2024-02-14 | By Maria Lopez", ["Maria Lopez"], DAY),
        ("Written by Maria Lopez Published: 14 February 2024 Hits: 120", ["Maria Lopez"], DAY),
        ("First published on Wed 14 Feb 2024 10.00 GMT", [], DAY),
        ("Last Updated : 15 Feb 2024, 09:00 AM IST\n\nFirst Published : 14 Feb 2024, 10:00 AM IST", [], DAY),
        ("Issue Date: February 14, 2024", [], DAY),
        ("Reporting by Maria Lopez; Editing by Kim Min-su", ["Maria Lopez"], None),
        ("By Maria Lopez February 14, 2024 February 15, 2024 diplomacy", ["Maria Lopez"], DAY),
        ("This story was written by Maria Lopez, Seoul correspondent\n\nFeb. 14, 2024", ["Maria Lopez"], DAY),
        ("Reviewed by Kim Min-su, PhD — Written by Maria Lopez\n\nFebruary 14, 2024", ["Maria Lopez"], DAY),
        ("Maria LopezFounder of the Seoul Letter\n\nFeb. 14, 2024", ["Maria Lopez"], DAY),
        ("On February 14, 2024 By Maria LopezIn World News, Budget Travel", ["Maria Lopez"], DAY),
        ("Jun Santos, The Daily Ledger | February 14, 2024 | 5:32 PM", ["Jun Santos"], DAY),
        ("Jun Santos, Hindustan Times, New Delhi\n\nFeb 14, 2024 17:32 IST", ["Jun Santos"], DAY),
        ("By JUN SANTOS FEB. 14, 2024", ["JUN SANTOS"], DAY),
        ("By Jun Santos on February 14, 2024 at 5:32 pm @junsantos", ["Jun Santos"], DAY),
        ("Posted on February 14, 2024 Posted by Jun Santos 59 Comments", ["Jun Santos"], DAY),
        ("Posted byJun SantosFebruary 14, 2024February 14, 2024Posted inAsia, Trade", ["Jun Santos"], DAY),
        ("Jun Santos 14 February 2024 Trade policy, Asia, States of the south", ["Jun Santos"], DAY),
        ("Posted on February 14, 2024 by Jun Santos Leave a comment", ["Jun Santos"], DAY),
        ("BySarah February 14, 2024February 18, 2024", ["Sarah"], DAY),
        ("by harborwatch | Feb 14, 2024", ["harborwatch"], DAY),
        ("By Jun Santos Global News\n\nPosted February 14, 2024 5:32 pm", ["Jun Santos"], DAY),
        ("By Jun Santos Tribune News Service\n\nFeb. 14, 2024", ["Jun Santos"], DAY),
        ("By political reporter Jun Santos\n\nPosted Wed 14 Feb 2024 at 5:32pm", ["Jun Santos"], DAY),
        ("By JUN SANTOS, AP Business Writer\n\nFeb. 14, 2024", ["JUN SANTOS"], DAY),
        ("By Jun Santos, CNN Business\n\nPublished 5:32 AM EDT, Wed February 14, 2024", ["Jun Santos"], DAY),
        ("Jun Santos, Contributor | Feb 14, 2024", ["Jun Santos"], DAY),
        ("Jun Santos Contributor\n\nFeb 14, 2024", ["Jun Santos"], DAY),
        ("By Jun Santos Globe Staff Feb. 14, 2024", ["Jun Santos"], DAY),
        ("By: Great Day Editorial Team\n\nFeb. 14, 2024", ["Great Day Editorial Team"], DAY),
        ("Jun Santos, Ph.D.\n\nFeb. 14, 2024", ["Jun Santos"], DAY),
        ("San Diego, CA\n\nFeb. 14, 2024", [], DAY),
        ("ByJun SantosPolitical Correspondent\n\n17:32, 14 FEB 2024", ["Jun Santos"], DAY),
        ("14 February 2024\n\nJun Santos\n\nNorth America correspondent", ["Jun Santos"], DAY),
        ("Contributors: Jun Santos\n\nFeb. 14, 2024", ["Jun Santos"], DAY),
        ("Updated Feb. 15, 2024 8:04 am ET / Original Feb. 14, 2024 5:32 pm ET", [], DAY),
        ("February 14. 2024", [], DAY),
        ("Last updated: 15 February 2024, first published 14 February 2024", [], DAY),
        ("2/14/2024 +13.1%", [], None),
    ],
)
def test_bylines_and_dates_of_news_pages(header: str, authors: list[str], day: date | None) -> None:
    made = said(page(header))
    assert (made["title"], made["authors"]) == (TITLE, authors)
    assert (made["stated_start"], made["stated_end"]) == (day, day)


@pytest.mark.parametrize(
    ("header", "day"),
    [
        ("Sat 17 Feb 2024 06.30 EST", "2024-02-17"),
        ("17 Feb 2024 • 4 min read", "2024-02-17"),
        ("Published: 17.02.2024 10:15", "2024-02-17"),
        ("2024년 2월 16일", "2024-02-16"),
        ("입력 2024.02.16 09:30", "2024-02-16"),
        ("입력 : 2024-02-16 09:30", "2024-02-16"),
        ("등록 2024.02.16 09:30 수정 2024.02.17 10:00", "2024-02-16"),
        ("수정 2024.02.17 10:00", "<=2024-02-17"),
        ("2024年2月16日", "2024-02-16"),
        ("2024年2月16日 18:30", "2024-02-16"),
        ("Last modified on Sat 17 Feb 2024 06.30 EST", "<=2024-02-17"),
        ("First published on Sat 17 Feb 2024 06.30 EST", "2024-02-17"),
        ("Posted on February 17, 2024 by Ann Lee", "2024-02-17"),
        ("Posted on 17/02/2024 by admin", "2024-02-17"),
        ("Updated 3 hours ago", None),
        ("3 hours ago", None),
        ("Yesterday at 10:15", None),
        ("Published 3 hours ago", None),
        ("2024-02-17T06:30:00+09:00", "2024-02-17"),
        ("2024-02-17T06:30:00.000Z", "2024-02-17"),
        ("2024-02-17 06:30:00 UTC", "2024-02-17"),
        ("20240217", None),
        ("Sat, 17 Feb 2024 06:30:00 GMT", "2024-02-17"),
        ("Saturday, February 17th, 2024", "2024-02-17"),
        ("Saturday 17th of February 2024", "2024-02-17"),
        ("17th February, 2024", "2024-02-17"),
        ("February 17, 2024 | 6:30am", "2024-02-17"),
        ("Feb 17, 2024 06:30 IST", "2024-02-17"),
        ("Updated: Feb 18, 2024 06:30 IST Published: Feb 17, 2024 06:30 IST", "2024-02-17"),
        ("17-Feb-2024", "2024-02-17"),
        ("17-Feb-24", None),
        ("Feb 17 2024", "2024-02-17"),
        ("FEB. 17, 2024", "2024-02-17"),
        ("02.17.2024", "2024-02-17"),
        ("2024/2/17", "2024-02-17"),
        ("2024. 2. 17.", "2024-02-17"),
        ("2024. 02. 17 10:15", "2024-02-17"),
        ("17 février 2024", None),
        ("17. Februar 2024", None),
        ("17 de febrero de 2024", None),
        ("Issued on: 17/02/2024 - 10:15", "2024-02-17"),
        ("Issued on: 17/02/2024 - 10:15Modified: 18/02/2024 - 11:15", "2024-02-17"),
        ("Date Published: Saturday, 17 February 2024", "2024-02-17"),
        ("Publish Date: 17 Feb 2024", "2024-02-17"),
        ("Published On 17 Feb 2024", "2024-02-17"),
        ("Published On 17 Feb 202417 Feb 2024", "2024-02-17"),
        ("Published 6:30 AM EST, Sat February 17, 2024", "2024-02-17"),
        ("Updated 6:30 AM EST, Sat February 17, 2024", "<=2024-02-17"),
        ("Last updated: February 17, 2024 6:30 AM", "<=2024-02-17"),
        ("By Ann Lee, Reuters Published 8:00 a.m. ET Feb. 17, 2024 | Updated 9:00 a.m. ET Feb. 18, 2024", "2024-02-17"),
        ("Release date: 17 February 2024", "2024-02-17"),
        ("FOR IMMEDIATE RELEASE: February 17, 2024", "2024-02-17"),
        ("FOR IMMEDIATE RELEASE — February 17, 2024", "2024-02-17"),
        ("For immediate release\n\nFebruary 17, 2024", "2024-02-17"),
        ("Press Release | 17 February 2024", "2024-02-17"),
        ("17 February 2024 - Press release", "2024-02-17"),
        ("News | Feb. 17, 2024", "2024-02-17"),
        ("Feb 17, 2024,06:30am EST", "2024-02-17"),
        ("Feb 17, 2024 at 6:30 AM PT", "2024-02-17"),
        ("February 17, 2024 / 6:30 AM EST / CBS News", "2024-02-17"),
        ("UPDATED ON FEBRUARY 18, 2024 / 6:30 AM EST", "<=2024-02-18"),
        ("Sat Feb 17 06:30:00 2024", None),
        ("6:30 GMT | 17 February 2024", "2024-02-17"),
        ("Publication date 17 February 2024", "2024-02-17"),
        ("Published Feb. 17, 2024, 6:30 a.m. ET", "2024-02-17"),
        ("Published Feb 17, 2024 at 6:30 am (Updated Feb 18, 2024)", "2024-02-17"),
        ("Added: 17 February 2024", "2024-02-17"),
        ("Uploaded: 17 February 2024", "2024-02-17"),
        ("Modified date: 18 February 2024", "<=2024-02-18"),
        ("Edited February 18, 2024", "<=2024-02-18"),
        ("Reviewed on 18 February 2024", "<=2024-02-18"),
        ("Accessed 18 February 2024", None),
        ("Retrieved February 18, 2024", None),
        ("Printed on 18 February 2024", None),
        ("Printed: February 18, 2024", None),
        ("Saved on 18 Feb 2024", None),
        ("Archived from the original on 18 February 2024", None),
        ("03/02/2024\n\nSydney, Australia", None),
        ("Dated: 17th February 2024", "2024-02-17"),
        ("17 FEBRUARY 2024", "2024-02-17"),
        ("2024 February 17", "2024-02-17"),
        ("Feb 17, 2024 UPDATED: 1 hour ago", "2024-02-17"),
        ("Wednesday, 14 February 2024 - 10:15 WIB", "2024-02-14"),
        ("14 Feb 2024 10:15PM (Updated: 15 Feb 2024 06:30AM)", "2024-02-14"),
        ("Created: 14 February 2024", "2024-02-14"),
        ("Written on 14 February 2024", "2024-02-14"),
        ("Posted 14 Feb 2024 at 10:15am, updated 15 Feb 2024 at 6:30am", "2024-02-14"),
        ("Posted Wed 14 Feb 2024 at 10:15amWednesday 14 Feb 2024 at 10:15am", "2024-02-14"),
        ("KARACHI: Published February 14, 2024", "2024-02-14"),
        ("Published in Dawn, February 14th, 2024", "2024-02-14"),
        ("First Publish Date: Feb 14, 2024", "2024-02-14"),
        ("IST 14 Feb, 2024 10:15", "2024-02-14"),
        ("Story by Ann Lee • 2d • 3 min read", None),
        ("Published: 2024-02-14 | Last reviewed: 2024-05-01", "2024-02-14"),
        ("Embargoed until 00:01 GMT, 14 February 2024", None),
        ("Web posted on February 14, 2024", "2024-02-14"),
        ("Wed., Feb. 14, 2024", "2024-02-14"),
        ("14.2.2024", "2024-02-14"),
        ("14.02.24", None),
        ("Ann Lee, CNN\n\nUpdated 5:32 PM ET, Wed February 14, 2024", "<=2024-02-14"),
        ("Ann Lee, Staff,Updated February 14, 2024, 5:32 p.m.", "<=2024-02-14"),
        ("Last Updated Example Desk February 14, 2024", "<=2024-02-14"),
        ("Date: Wed, 14 Feb 2024 10:15:00 -0500", "2024-02-14"),
        ("September 18, 20246:04 AM GMT+1Updated 5 hours ago", "2024-09-18"),
        ("March 4, 2024, 10:30 hrs IST", "2024-03-04"),
        ("15 August 2023 18:40h", "2023-08-15"),
        ("Ann Lee4 Mar 2024", "2024-03-04"),
        ("Ann LeeMarch 4, 20244 min read", "2024-03-04"),
        ("March 4, 2024by Ann Lee", "2024-03-04"),
        ("06/11/2020June 11, 2020", "2020-06-11"),
        ("Mon 3/4/2024 10:30 AM", "2024-03-04"),
        ("Monday, 04/03/2024", "2024-03-04"),
        ("Tuesday, 04/03/2024", None),
        ("Submitted by Ann Lee on Mon, 03/04/2024 - 10:30", "2024-03-04"),
    ],
)
def test_dates_as_the_world_writes_them(header: str, day: str | None) -> None:
    """day: the stated one; "<=" before the last one possible; None where the line states no day of publication."""
    made = said(page(header))
    start, end = made["stated_start"], made["stated_end"]
    assert (str(start) if start else f"<={end}" if end else None) == day


@pytest.mark.parametrize(
    ("credit", "day"),
    [
        ("Source: BBC News", date(2024, 2, 3)),
        ("Source: The New York Times", date(2024, 3, 2)),
        ("Source: Yonhap", None),
        ("Source: Example Gazette", None),
        ("Source: The New York Times\n\nDue on 27/02/2024", date(2024, 2, 3)),
        ("Source: The New York Times\n\nDue on 27/02/2024, not on 2/27/2024", None),
    ],
)
def test_the_outlet_s_country_tells_which_number_is_the_day(credit: str, day: date | None) -> None:
    assert said(page("03/02/2024", tail=credit))["stated_start"] == day


@pytest.mark.parametrize(
    ("header", "authors"),
    [
        ("By Nguyễn Văn Nam", ["Nguyễn Văn Nam"]),
        ("By Ana-María O'Neill-Ruiz and Ngũgĩ wa Thiong’o", ["Ana-María O'Neill-Ruiz", "Ngũgĩ wa Thiong’o"]),
        ("By Jane Doe, MD, and John Q. Roe, Ph.D.", ["Jane Doe", "John Q. Roe"]),
        ("By Kathryn LeeMar 5, 2025", ["Kathryn Lee"]),
        ("Written by:Elise Nass", ["Elise Nass"]),
        ("Posted on July 1, 2024 by harborwatch", ["harborwatch"]),
        ("By\n\nElise Nass\n\nEdited by\n\nColin Smith", ["Elise Nass"]),
        (
            "Elise Nass\n\nSenior Trade Analyst\n\nYuan Lin\n\nDirector of Research\n\n4 min read",
            ["Elise Nass", "Yuan Lin"],
        ),
        ("Search Jobs\n\nDecember 3, 2024", []),
        ("Written By: Tom May\n\n15 December 2025", ["Tom May"]),
        ("By Kathryn Lee May 5, 2025", ["Kathryn Lee"]),
        ("By Kyle Howells 15 min read", ["Kyle Howells"]),
        (
            "By\n\nElise Nass\n\n,\n\nYuan Lin\n\n, and\n\nExample Rankings Team",
            ["Elise Nass", "Yuan Lin", "Example Rankings Team"],
        ),
        (
            "Author(s)\n\nElise Nass\n\nYuan Lin\n\nColin B. Smith\n\nDownload pdf",
            ["Elise Nass", "Yuan Lin", "Colin B. Smith"],
        ),
        ("Author\n\nElise Nass\n\nYuan Lin", ["Elise Nass"]),
        ("Elise Nass 1,✉, Yuan Lin 1, Colin B. Smith 2,*", ["Elise Nass", "Yuan Lin", "Colin B. Smith"]),
        ("Boston Celtics 101, Miami Heat 99, Chicago Bulls 100", []),
        ("E-Commerce, SEO\n\nDecember 3, 2024", []),
        ("Illustration by Elise Nass", []),
        ("By AFP", []),
        ("By Moon Chung-in", ["Moon Chung-in"]),
        ("By Lee In-young and Yoon Suk-in", ["Lee In-young", "Yoon Suk-in"]),
        ("By Yun Sun", ["Yun Sun"]),
        ("By Thu Thu Aung", ["Thu Thu Aung"]),
        ("By Elise Nass Sun, 12 May 2024", ["Elise Nass"]),
        ("By June Park", ["June Park"]),
        ("By Elise Nass White House Correspondent", ["Elise Nass"]),
        ("By Elise Nass, Middle East correspondent", ["Elise Nass"]),
        ("By Elise Nass and Yuan Lin, Tel Aviv", ["Elise Nass", "Yuan Lin"]),
        ("By Elise Nass, Press Office", ["Elise Nass"]),
        ("By Elise Nass University of Leeds", ["Elise Nass"]),
        ("By Elise Nass Straits Times", ["Elise Nass"]),
        ("By Elise Nass and\n\nYuan Lin\n\nFeb. 14, 2024", ["Elise Nass", "Yuan Lin"]),
        ("By Elise Nass\n\nand Yuan Lin", ["Elise Nass", "Yuan Lin"]),
        ("By\n\nElise Nass,\n\nYuan Lin\n\nFeb. 14, 2024", ["Elise Nass", "Yuan Lin"]),
        ("By Elise Nass,\n\nYuan Lin\n\nand Colin B. Smith", ["Elise Nass", "Yuan Lin", "Colin B. Smith"]),
        ("By Elise Nass,\n\nSeoul correspondent\n\nYuan Lin", ["Elise Nass"]),
        ("By Elise Nass\n\nYuan Lin", ["Elise Nass"]),
        (
            "Authors\n\nElise Nass\n\nLecturer in History, University of Leeds\n\nYuan Lin\n\nShare",
            ["Elise Nass", "Yuan Lin"],
        ),
        ("Elise Nass (now) and Yuan Lin (earlier)\n\nFeb. 14, 2024", ["Elise Nass", "Yuan Lin"]),
        ("Elise Nass enass@ledger.example Feb 14, 2024 Updated Feb 15, 2024 0", ["Elise Nass"]),
        ("Guest post by Elise Nass", ["Elise Nass"]),
        ("A guest column by Elise Nass, adviser", ["Elise Nass"]),
        ("Guest author: Elise Nass", ["Elise Nass"]),
        ("Interviewed by Elise Nass", ["Elise Nass"]),
        ("As told to Elise Nass", ["Elise Nass"]),
        ("Words and pictures by Elise Nass", ["Elise Nass"]),
        ("Story: Elise Nass\n\nPhoto: Yuan Lin", ["Elise Nass"]),
        ("Story: A long way", []),
        ("Posted in World by Elise Nass on February 14, 2024", ["Elise Nass"]),
        ("February 14, 2024by Elise Nass", ["Elise Nass"]),
        ("Elise Nass for Example News\n\nFeb. 14, 2024", ["Elise Nass"]),
        ("Example Robotics, Inc.\n\nFeb. 14, 2024", []),
    ],
)
def test_names(header: str, authors: list[str]) -> None:
    assert said(page(header))["authors"] == authors


@pytest.mark.parametrize(
    "body",
    [
        "White House, Press Office",
        "White House Press Office",
        "Cabinet Office",
        "Foreign Ministry",
        "World Health Organization",
        "Korean Central News Agency",
        "Joint Chiefs of Staff",
        "Bureau of Global Public Affairs",
        "European Central Bank",
        "Human Rights Watch",
        "International Crisis Group",
        "Brookings Institution",
        "George Washington University",
        "Leeds City Council",
        "Sydney Morning Herald",
        "PR Newswire",
        "Middle East Eye",
        "Buenos Aires",
        "Supreme Court",
        "Climate Change",
        "Fact Check",
        "Democracy Dies in Darkness",
        "Mental Health",
        "Dark Mode",
        "Humanitarian Aid",
        "Fisheries Board",
        "Eastern Daylight Time",
        "North Jeolla",
        "South Yorkshire",
        "Western Cape",
        "Port Harcourt",
        "Kano State",
        "Benin City",
        "Renewable Energy",
        "Story Highlights",
        "Meetings Coverage",
        "Interest Rates",
        "Gun Violence",
        "Taiwan Strait",
    ],
)
@pytest.mark.parametrize("put", ["{}", "By {}", "By {}\n\nFeb. 14, 2024", "Written by\n\n{}"])
def test_bodies_places_and_sections_are_no_authors(body: str, put: str) -> None:
    assert said(page(put.format(body)))["authors"] == []


def test_a_byline_behind_the_deck() -> None:
    made = said(
        page("The two had no relations for decades, officials in New York said. By Elise Nass on Feb. 14, 2024")
    )
    assert (made["authors"], made["stated_start"]) == (["Elise Nass"], DAY)


def test_a_name_with_a_date_below_a_deck_that_reads_like_text() -> None:
    deck = "The two countries had no relations for decades until officials met in New York this week, they said."
    made = said(page(f"{deck}\n\nElise Nass February 14, 2024 — 7 minutes read"))
    assert (made["authors"], made["stated_start"]) == (["Elise Nass"], DAY)
    assert said(page(f"{deck}\n\nFebruary 14, 2024"))["stated_start"] == DAY


def test_particles_of_a_name_may_stand_on_the_page() -> None:
    made = said(page("World\n\nNick van Mead\n\nFeb. 14, 2024", tail="They came to the ministry by van."))
    assert made["authors"] == ["Nick van Mead"]


def test_names_on_both_sides_of_the_title_are_no_list() -> None:
    article = page("World\n\nElise Nass\n\nFeb. 14, 2024")
    assert said(f"Ann Leighton\n\nFeb. 9, 2024\n\n{article}")["authors"] == ["Elise Nass"]


def test_the_title_s_words_above_it_are_no_author() -> None:
    title = "Havana Diplomacy Update"
    body = BODY.replace("South Korea and Cuba", "In the Havana Diplomacy Update, South Korea and Cuba", 1)
    made = said(f"{title}\n\nNews\n\n{title}\n\nNovember 14, 2024\n\n{body}")
    assert (made["title"], made["authors"]) == (title, [])


def test_bylines_of_teasers_above_leave_the_name_below_the_title() -> None:
    teasers = "\n\n".join(f"A story of the week in {place}\n\nby {name}\n\nFeb. 9, 2024" for place, name in TEASERS)
    menu = "\n\n".join(f"Menu entry {number}" for number in range(5))
    article = page("Elise Nass\n\nFeb. 14, 2024")
    assert said(f"{teasers}\n\n{menu}\n\n{article}")["authors"] == ["Elise Nass"]


def test_bylines_and_dates_under_other_headings_are_not_the_article_s() -> None:
    teaser = "Cultivating gardens in the capital\n\nOctober 28, 2025 by Mariel Sheets | Community"
    assert said(page(tail=f"More Stories\n\n{teaser}"))["authors"] == []
    comments = "Diana says\n\nJanuary 11, 2026\n\nThank you.\n\nMel says\n\nJanuary 12, 2026\n\nHi Diana."
    made = said(page(tail=f"Have fun with it all in Seoul!\n\nWritten by Melissa\n\n36 Comments\n\n{comments}"))
    assert (made["authors"], made["stated_start"]) == (["Melissa"], None)
    made = said(page(tail=f"June 9, 2020 · 6 Comments\n\nSubscribe\n\nComments\n\n{comments}"))
    assert made["stated_start"] == date(2020, 6, 9)
    related = "Related Posts\n\nAnother story of the week\n\nPosted on May 5, 2021"
    assert said(page(tail=f"June 9, 2020\n\n{related}"))["stated_start"] == date(2020, 6, 9)


def test_a_menu_and_teasers_name_no_author() -> None:
    menu = "\n\n".join(["Home", "By Industry", "By Role", *(f"Menu entry {number}" for number in range(20))])
    assert said(f"{menu}\n\n{page()}")["authors"] == []
    teasers = "\n\n".join(
        f"Another story of the week\n\nBy {name}" for name in ("Elise Nass", "Yuan Lin", "Colin Smith")
    )
    assert said(page(tail=f"Related Posts\n\n{teasers}"))["authors"] == []


@pytest.mark.parametrize(
    ("header", "moment"),
    [
        ("Published Wed, Feb 14 202410:00 AM EST", datetime(2024, 2, 14, 15, 0, tzinfo=UTC)),
        ("10:00 AM PST • February 14, 2024", datetime(2024, 2, 14, 18, 0, tzinfo=UTC)),
        ("Published 10:00 AM EST, February 14, 2024", datetime(2024, 2, 14, 15, 0, tzinfo=UTC)),
        ("Wed 14 Feb 2024 10.00 GMT", datetime(2024, 2, 14, 10, 0, tzinfo=UTC)),
        ("10:00, 14 Feb 2024Updated 11:00, 14 Feb 2024", None),
        ("Feb 14, 2024 10:00 GMT+1", datetime(2024, 2, 14, 9, 0, tzinfo=UTC)),
        ("Feb 14, 2024 10:00 UTC+5:30", datetime(2024, 2, 14, 4, 30, tzinfo=UTC)),
        ("Feb 14, 2024 10:00 GMT+700", datetime(2024, 2, 14, 3, 0, tzinfo=UTC)),
    ],
)
def test_the_moment_before_or_behind_the_day(header: str, moment: datetime | None) -> None:
    made = said(page(header))
    assert (made["stated_at"], made["published_precision"], made["stated_start"]) == (moment, "minute", DAY)


def test_an_update_bounds_the_date_from_above() -> None:
    made = said(page("Updated Feb. 14, 2024, 9:00 a.m."))
    assert (made["stated_start"], made["stated_end"], made["published_precision"]) == (None, DAY, "interval")
    assert made["stated_text"] == "Updated Feb. 14, 2024, 9:00 a.m."
    assert stated(made, []) is None
    bound = bounded(made)
    assert bound is not None
    assert (bound["published_end"], bound["published_basis"]) == (DAY, "stated")
    assert bounded(said(page("Feb. 14, 2024"))) is None
    assert said(page("Last updated:\n\nFeb. 14, 2024"))["stated_start"] is None
    assert said(page("August 16, 2019 - Updated February 14, 2024"))["stated_start"] == date(2019, 8, 16)


def test_the_only_date_of_a_page_may_stand_below_the_text() -> None:
    below = "Filed under Diplomacy\n\nFebruary 14, 2024\n\nShare\n\n"
    menu = "\n\n".join(f"Menu entry {number}" for number in range(12))
    assert said(page(tail=below + menu))["stated_start"] == DAY
    assert said(page(tail=f"{below}Another story of the week\n\nFebruary 9, 2024\n\n{menu}"))["stated_start"] is None
    assert said(page(tail=f"{menu}\n\n{below}"))["stated_start"] is None


def test_the_first_publication_goes_before_the_date_of_a_revision() -> None:
    note = "This article was originally published on 14 Feb 2024 at 4:12pm but has been regularly updated."
    made = said(page("By Maria Lopez\n\n30 Sep 2024, 11:07am", tail=note))
    assert (made["stated_start"], made["stated_text"]) == (DAY, "14 Feb 2024 at 4:12pm")


def test_dates_of_what_the_article_speaks_of_are_not_its_own() -> None:
    assert (
        said(page("by Maria Lopez · Feb 14, 2024\n\nReleased: June 17, 2023 by Example Books"))["stated_start"] == DAY
    )
    assert said(page("Released: Feb. 14, 2024"))["stated_text"] == "Released: Feb. 14, 2024"
    listed = page().replace("Diplomatic relations", "Date: 18 June 2026 (open)\n\nDiplomatic relations")
    assert said(f"February 14, 2024\n\n{listed}")["stated_start"] == DAY


def test_swappable_days_are_told_by_the_page_s_other_dates() -> None:
    assert said(page("8/1/2025"))["stated_start"] is None
    assert said(page("8/1/2025\n\nModified\n\n8/27/2025"))["stated_start"] == date(2025, 8, 1)
    assert said(page("8/1/2025", tail="Paid until 27/8/2025"))["stated_start"] == date(2025, 1, 8)
    assert said(page("8/1/2025", tail="A story of ours - 8 January 2025"))["stated_start"] == date(2025, 1, 8)
    assert said(page("8/1/2025", tail="A story of ours\n\nAugust 1, 2025"))["stated_start"] == date(2025, 8, 1)
    both = "\n\n".join([*(f"Menu entry {number}" for number in range(12)), "August 1, 2025", "January 8, 2025"])
    assert said(page("8/1/2025", tail=both))["stated_start"] is None


def test_a_date_beside_that_of_an_update_is_the_article_s_own() -> None:
    menu = "\n\n".join(f"Menu entry {number}" for number in range(12))
    other = "Another page of ours\n\nPublish date\n\n24 Jun 2025"
    for update, day in (("Reviewed\n\n8 October 2024\n\n", DAY), ("", None)):
        tail = f"{menu}\n\nPublish date\n\n14 February 2024\n\n{update}{menu}\n\n{other}\n\n{menu}"
        assert said(page(tail=tail))["stated_start"] == day


@pytest.mark.parametrize(
    ("text", "publisher"),
    [
        (page(tail="Copyright © 2024 The Hankyoreh. All rights reserved."), "The Hankyoreh"),
        (f"The Korea Herald\n\n{page()}", "The Korea Herald"),
        (
            page().replace("South Korea and Cuba est", "SEOUL, Feb. 14 (Yonhap) -- South Korea and Cuba est"),
            "Yonhap News Agency",
        ),
        (page().replace("South Korea and Cuba est", "HAVANA (AP) — South Korea and Cuba est"), "The Associated Press"),
        (page(header="Reuters"), None),
        (page(header="By Elise Nass, The Korea Herald\n\nFeb. 14, 2024"), "The Korea Herald"),
        (page(header="Elise Nass (Reuters)\n\nFeb. 14, 2024"), "Reuters"),
        (page(header="By Elise Nass | Al Jazeera"), "Al Jazeera"),
        (page(header="By Elise Nass\n\nBBC News\n\n14 February 2024"), "BBC"),
        (page(header="By Elise Nass\n\nBBC News, Leeds\n\n14 February 2024"), "BBC"),
        (page(header="By Elise Nass, Example Courier"), None),
        (page(header="By AFP\n\n14 February 2024"), "Agence France-Presse"),
        (page(header="Photo by Elise Nass, Reuters"), None),
        (f"The Guardian\n\n{page(header='By Elise Nass, Reuters')}", "The Guardian"),
        (page(header="SEOUL, Feb. 14 (Yonhap) --"), "Yonhap News Agency"),
        (page(tail="Published in Dawn.com, February 15th, 2024"), "Dawn"),
        (page(tail="Published in The Korea Herald on Feb. 15, 2024"), "The Korea Herald"),
        (page(header="Publisher: The Korea Herald"), "The Korea Herald"),
        (page(tail="This article was originally published by The Korea Herald."), "The Korea Herald"),
        (page(tail="This report by The Canadian Press was first published Feb. 14, 2024."), "The Canadian Press"),
        (page(tail="Source: Al Jazeera and news agencies"), "Al Jazeera"),
        (page(tail="Copyright © 2024 Example Gardening Supplies"), None),
    ],
)
def test_publishers(text: str, publisher: str | None) -> None:
    assert said(text)["publisher"] == publisher


@pytest.mark.parametrize(
    "above",
    [
        "",
        "Home\n\nNews\n\nBusiness news of the day\n\nSubscribe\n\n",
        "Example Tribune\n\nWorld News\n\nThe best of our newsroom in your inbox\n\n",
    ],
)
def test_the_title_is_the_headline_and_not_its_deck(above: str) -> None:
    deck = "The two countries, which had no relations for decades, exchanged notes in New York, officials said."
    assert said(f"{above}{page(deck)}")["title"] == TITLE
    assert said(above + page(f"{deck}\n\nBy Elise Nass\n\nFeb. 14, 2024"))["title"] == TITLE


def test_a_deck_without_a_full_stop_is_no_title() -> None:
    title = "A late handshake for the two countries"
    deck = "What was agreed at the table in autumn, and why each side had waited for decades with its notes"
    made = said(page(f"{deck}\n\nBy Maria Lopez\n\nFeb. 14, 2024", title=title))
    assert made["title"] == title
    assert said(page(f"{deck}\n\nBy Maria Lopez\n\nFeb. 14, 2024", title="World news"))["title"] == deck


@pytest.mark.parametrize("mark", [" | ", " - ", " — "])
def test_the_outlet_behind_the_title_is_the_publisher(mark: str) -> None:
    made = said(page("By Elise Nass\n\nFeb. 14, 2024", title=f"{TITLE}{mark}Reuters"))
    assert (made["title"], made["publisher"]) == (TITLE, "Reuters")
    assert made["text"].startswith(f"{TITLE}\n\nSouth Korea")
    assert ("title", TITLE, "structure.title") in made["fields"]
    again = said(f"{TITLE}{mark}Reuters\n\n{page('By Elise Nass')}")
    assert (again["title"], again["publisher"]) == (TITLE, "Reuters")


def test_what_stands_behind_a_title_may_be_its_own() -> None:
    assert said(page("By Elise Nass", title=f"{TITLE} | The Example Courier"))["title"] == TITLE
    for title in (f"{TITLE} - at last", f"{TITLE} - The Example Courier"):
        made = said(page("By Elise Nass\n\nFeb. 14, 2024", title=title))
        assert (made["title"], made["publisher"]) == (title, None)


@pytest.mark.parametrize(
    "line",
    [
        "Translated by Colin B. Smith",
        "Translated from the Korean by Colin Smith",
        "From: Department for Foreign Affairs",
        "ELISE NASS, SECRETARY OF STATE",
        "Elise Nass, Deputy Prime Minister of Cuba",
        "Press release14 February 2024Havana4 min read",
    ],
)
def test_who_translates_or_speaks_is_no_title(line: str) -> None:
    title = "A table in New York that nobody left"
    made = said(f"{title}\n\n{line}\n\n{BODY}")
    assert made["title"] == title
    assert said(f"{title}\n\n{line}\n\n14 February 2024\n\n{BODY}")["stated_start"] == DAY


@pytest.mark.parametrize(
    "told",
    [
        "By Elise Nass\n\nElise Nass reported from New York.\n\nFeb. 14, 2024",
        "Elise Nass\n\nElise Nass is a maritime lawyer in Lagos.\n\nFeb. 14, 2024",
        "By Elise Nass\n\nFeb. 14, 2024\n\nElise Nass covers the two countries from Seoul.",
    ],
)
def test_what_is_told_of_the_author_below_the_byline_is_no_text(told: str) -> None:
    made = said(page(told))
    assert (made["authors"], made["stated_start"], made["text"]) == (["Elise Nass"], DAY, f"{TITLE}\n\n{BODY}")


def test_a_line_of_agency_and_date_is_no_deck() -> None:
    made = said(page("EXN / Feb 14, 2024, 05:12 IST"))
    assert (made["stated_start"], made["text"]) == (DAY, f"{TITLE}\n\n{BODY}")


def test_the_section_of_a_front_matter() -> None:
    front = '---\ntitle: Cuba and South Korea\nsection: "World news"\ndate: 2024-02-14\n---'
    made = said(f"{front}\n\nHome > Politics > Cuba and South Korea\n\n{BODY}")
    assert ("section", "World news", "section.entry") in made["fields"]
    assert said(page(tail="section: World"))["section"] is None


@pytest.mark.parametrize(
    ("above", "section"),
    [
        ("World", "World"),
        ("POLITICS\n\nFeb. 14, 2024", "POLITICS"),
        ("World\n\nPolitics\n\nBusiness", None),
        ("World > Asia", "Asia"),
        ("World / Asia", "Asia"),
        ("Home | World | Business | Sport | Culture", None),
        ("Home | World", "World"),
        ("You are here: Home > World > Asia", "Asia"),
        ("Gardening > Tools", None),
        ("Category: World", "World"),
        ("Tags: World", None),
        ("Category: World, Asia", None),
    ],
)
def test_the_section_above_the_title(above: str, section: str | None) -> None:
    made = said(f"{above}\n\n{page()}")
    assert (made["title"], made["section"]) == (TITLE, section)


def test_the_section_that_the_header_names() -> None:
    made = said(page("Posted in World on February 14, 2024 by Elise Nass"))
    assert (made["section"], made["authors"], made["stated_start"]) == ("World", ["Elise Nass"], DAY)
    assert said(page("Filed under: World"))["section"] == "World"
    assert said(page("Filed a complaint in World Court"))["section"] is None


@pytest.mark.parametrize(
    "credit",
    [
        "Published in The Korea Herald on Feb. 15, 2024",
        "(This story was published by The Korea Herald)",
        "This report by The Canadian Press was first published Feb. 14, 2024.",
    ],
)
def test_a_credit_to_a_known_outlet_is_no_text(credit: str) -> None:
    assert credit not in said(page(tail=credit))["text"]


def test_the_first_publication_of_an_agency_s_report() -> None:
    made = said(page(tail="This report by The Canadian Press was first published Feb. 14, 2024."))
    assert made["stated_start"] == DAY


@pytest.mark.parametrize("seed", sorted(SEEDS))
def test_the_seeds_say_what_they_said(seed: str) -> None:
    expected = {
        "000": [
            ("title", SEEDS["000"].split("\n\n")[1], "structure.title"),
            ("publisher", "Donga", "publisher.source"),
        ],
        "001": [
            ("title", SEEDS["001"].split("\n\n")[1], "structure.title"),
            ("author", "Shin Jin-woo", "author.reporter"),
            ("section", "News", "pattern.breadcrumb"),
            ("published", "2024-02-14 18:00:00", "published.date_line"),
        ],
        "002": [
            (
                "title",
                "Establishment of Diplomatic Relations between South Korea and Cuba, and Unification Diplomacy",
                "structure.title",
            ),
            ("author", "Suh, Bo-hyuk", "author.title_after"),
            ("publisher", "Korea Institute for National Unification", "publisher.masthead"),
            ("published", "©KINU 2024", "published.copyright"),
        ],
        "003": [
            ("title", "S. Korea and Cuba establish diplomatic relations", "structure.title"),
            ("published", "Posted February. 16, 2024 08:12", "published.posted"),
        ],
        "004": [
            ("title", "Both Koreas eyeing better diplomatic relations with Havana", "structure.title"),
            ("publisher", "the Korea JoongAng Daily", "publisher.login"),
            ("section", "Politics", "pattern.breadcrumb"),
        ],
    }
    assert said(SEEDS[seed])["fields"] == expected[seed]


@pytest.mark.parametrize(
    ("header", "authors"),
    [
        ("By Elise Nass, Fellow, and Yuan Lin, Scholar", ["Elise Nass", "Yuan Lin"]),
        ("By Elise Nass, Senior Fellow and Yuan Lin, Reporter", ["Elise Nass", "Yuan Lin"]),
        ("By Elise Nass, Senior Fellow, Yuan Lin", ["Elise Nass"]),
        ("By Elise Nass, Fellow, Tel Aviv", ["Elise Nass"]),
        ("Produced by:\n\nElise Nass", []),
        ("A WORD FROM OUR DIRECTOR, ELISE NASS", []),
    ],
)
def test_offices_between_names_and_who_made_the_programme(header: str, authors: list[str]) -> None:
    assert said(page(f"{header}\n\nFeb. 14, 2024"))["authors"] == authors


def test_a_name_with_which_the_title_begins_is_no_author() -> None:
    title = "Hana Phu Quoc, a new hotel by the sea, opens to diplomats"
    assert said(page("Hana Phu Quoc", title=title))["authors"] == []
    assert said(page("Elise Nass", title=title))["authors"] == ["Elise Nass"]


@pytest.mark.parametrize(
    "line",
    [
        "February 14, 2024  report",
        "text size: T T  Your Company February 14, 2024, 6:37 PM EDT",
        "on February 14, 2024 at 9:00a",
        "By Elise Nass on Feb 14, 2024 at 11:30p @ElNass",
    ],
)
def test_dates_beside_words_of_the_page(line: str) -> None:
    assert said(page(line))["stated_start"] == DAY


def test_half_days_of_one_letter() -> None:
    made = said(page("on February 14, 2024 at 9:05p EST"))
    assert made["stated_at"] == datetime(2024, 2, 15, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        "Follow us on Facebook and get news of diplomatic relations between the two countries",
        "Enter your email address for news of diplomatic relations between the two countries",
        "Diplomatic relations bookmark title :",
    ],
)
def test_what_a_page_offers_is_no_title(line: str) -> None:
    title = "A table in New York that nobody left"
    assert said(f"{line}\n\n{title}\n\nBy Elise Nass\n\nFeb. 14, 2024\n\n{BODY}")["title"] == title


@pytest.mark.parametrize(
    "tail",
    [
        "Elise Nass can be reached at elise@ledger.example.",
        "Contributing: Liz Otis, Michael Marsh, Associated Press.",
        "Powered by Blogger.",
        "Our Standards:The Thomson Reuters Trust Principles.",
        "This document is subject to copyright. No part may be printed anew unless somebody has said so.",
        f"Citation: {TITLE} (2024, February 14) retrieved 20 March 2024 from https://ledger.example/a",
    ],
)
def test_what_stands_below_the_text_is_none_of_it(tail: str) -> None:
    made = said(page("By Elise Nass\n\nFeb. 14, 2024", tail))
    assert made["text"].endswith("a former ambassador said.")


@pytest.mark.parametrize("line", ["► February (4)", "▼    2023  (11)", "March 2022 (7)"])
def test_the_archive_of_a_blog_is_known(line: str) -> None:
    verdict = rules(LEXICONS).judge(line)
    assert verdict is not None
    assert verdict.rule_id == "pattern.archive"


@pytest.mark.parametrize(
    ("line", "rule_id"),
    [
        ("Elise Nass / AFP / Getty Images", "pattern.credit"),
        ("Elise Nass/AP via Shutterstock", "pattern.credit"),
        ("(Elise Nass/Getty)", "pattern.credit"),
        ("Related Topics: Cuba, Seoul", "pattern.tags"),
        ("Related TopicsCubaTradeSeoul", "pattern.tags"),
    ],
)
def test_credits_of_pictures_and_glued_tags_are_known(line: str, rule_id: str) -> None:
    verdict = rules(LEXICONS).judge(line)
    assert verdict is not None
    assert verdict.rule_id == rule_id


def test_the_picture_of_an_agency_is_no_deck() -> None:
    credit = "Elise Nass / AFP / Getty Images"
    assert credit not in said(page(f"By Yuan Lin\n\nFeb. 14, 2024\n\n{credit}"))["text"]
    assert rules(LEXICONS).judge("Related topics were raised in Seoul on Wednesday.") is None
    assert rules(LEXICONS).judge("Relations between Getty and Shutterstock have soured.") is None
