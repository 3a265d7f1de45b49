"""Pages are complete in themselves, run nothing, load nothing, and show hostile names as the text they are."""

import base64
import hashlib
import re
import subprocess
import sys
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.reports.material import DAY, END, a_run, material
from watchbill.reports import rules, words
from watchbill.reports.models import Period, Report, ReportFilters, ReportType
from watchbill.reports.pages.page import html, response_headers
from watchbill.reports.rules import Wish, wants_page

HOSTILE = "</title><script>alert('x')</script>\"'><img src=//evil.example/x onerror=alert(1)>&amp;{{7*7}}"
each_type = pytest.mark.parametrize("type", ReportType)


def report(type: ReportType, told, length=DAY, **filters) -> Report:
    wish = Wish("01REPORT", type, ReportFilters(**filters), Period(start=END - length, end=END))
    return rules.composed(wish, lambda top: material(told, length=length, top=top), [])


def hostile_runs():
    facts = {"strand": HOSTILE, "version": HOSTILE, "task_type": HOSTILE, "user": HOSTILE}
    rated = {"quality_score": 50, "user_satisfaction": 1, "cost": 200, "duration_ms": 90_000}
    told = [a_run(END - timedelta(hours=2), **facts, **rated, status=status) for status in ("failed", "completed") * 10]
    return [*told, a_run(END - timedelta(hours=3)), a_run(END - DAY - timedelta(hours=1), **facts)]


class Page(HTMLParser):
    """What a page is made of: elements with their attributes, the text, and elements left open."""

    VOID = ("meta", "rect", "circle", "path")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag


@each_type
def test_hostile_names_are_text(type):
    page = html(report(type, hostile_runs(), strand_id=HOSTILE[:200], user_id=HOSTILE[:200]))

    seen = Page(page)
    assert not {tag for tag, _ in seen.elements} & {"script", "img", "iframe", "object", "link", "a", "form", "image"}
    assert seen.open == []
    assert not [name for _, attributes in seen.elements for name in attributes if name.startswith("on")]
    assert "alert(&#39;x&#39;)" in page
    assert "49" not in re.findall(r"&amp;amp;(\S+?)[<&]", page)


@each_type
def test_nothing_is_loaded_and_nothing_runs(type):
    page = html(report(type, hostile_runs()))

    attributes = [attribute for _, found in Page(page).elements for attribute in found.items()]
    assert not [value for name, value in attributes if name in ("src", "href", "xlink:href", "style", "action")]
    styles = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    assert "url(" not in styles
    assert "@import" not in styles
    assert page.count("<style") == 1


def test_the_policy_lets_in_the_page_s_own_style_sheet_only():
    page = html(report(ReportType.DAILY_SUMMARY, hostile_runs()))

    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = response_headers()["Content-Security-Policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "unsafe" not in policy


@each_type
def test_every_chart_is_named_and_described_and_its_figures_are_in_a_table(type):
    page = html(report(type, hostile_runs(), length=5 * DAY))

    charts = [attributes for tag, attributes in Page(page).elements if tag == "svg" and attributes.get("role") == "img"]
    ids = [attributes["id"] for _, attributes in Page(page).elements if "id" in attributes]
    assert charts
    assert len(ids) == len(set(ids))
    for chart in charts:
        assert set(chart["aria-labelledby"].split()) <= set(ids)
    assert page.count("<table>") >= 1


@each_type
def test_a_page_of_nothing_says_so(type):
    page = html(report(type, []))

    assert "Nothing ran in this period" in page
    assert "<table" not in page
    assert 'role="img"' not in page
    assert "nan" not in page.lower().replace("nano", "")
    assert "None" not in page
    Page(page)


def test_times_are_those_of_the_organisation():
    from zoneinfo import ZoneInfo

    wish = Wish("id", ReportType.DAILY_SUMMARY, ReportFilters(), Period(start=END - DAY, end=END))
    made = rules.composed(wish, lambda top: material([], zone=ZoneInfo("Asia/Kolkata"), top=top), [])

    assert "9 Mar 2026, 05:30" in html(made)
    assert made.title == "Daily summary, 9 to 10 March 2026"


@pytest.mark.parametrize(
    ("format", "accept", "page"),
    [
        (None, "", False),
        (None, "*/*", False),
        (None, "application/json", False),
        (None, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        (None, "text/html;q=0.5, application/json", False),
        (None, "text/html;q=1e9", False),
        (None, "TEXT/HTML", True),
        ("html", "application/json", True),
        ("json", "text/html", False),
    ],
)
def test_the_address_decides_the_form_and_else_the_accept_header(format, accept, page):
    assert wants_page(format, accept) is page


@pytest.mark.parametrize(
    ("show", "value", "text"),
    [
        (words.money, 0, "$0.00"),
        (words.money, 0.2, "$0.20"),
        (words.money, 0.000591, "$0.000591"),
        (words.money, 0.0000000001, "$0.0000000001"),
        (words.money, 0.994, "$0.994"),
        (words.money, 1234.5, "$1,234.50"),
        (words.money, -1234.5, "-$1,234.50"),
        (words.money, -0.0213, "-$0.0213"),
        (words.duration, 999.4, "999 ms"),
        (words.duration, 59_949, "59.9 s"),
        (words.duration, 59_950, "1 min"),
        (words.duration, 3_599_600, "1 h"),
        (words.duration, 7_500_000, "2 h 5 min"),
        (words.large, 999_949, "999,949"),
        (words.large, 258_268_297, "258.3 M"),
        (words.large, 1_200_000_000, "1.2 G"),
        (words.rate, 0.9849, "98.5%"),
    ],
)
def test_figures_in_words(show, value, text):
    assert show(value) == text


@given(st.floats(-1e12, 1e12))
def test_any_amount_is_written_to_three_digits_or_a_cent(amount):
    written = float(words.money(amount).replace("$", "").replace(",", ""))

    assert written == pytest.approx(amount, rel=0.006, abs=1e-10)


def test_whoever_asks_for_json_does_not_wait_for_pages():
    probe = "import functions.reports.handler, sys; print({'pygal', 'jinja2'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"
