"""What feeds and pages tell, whom it names, and what kind of signal that is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.agents.news import KINDS, Entry, entries_of, named, searchable, signal_of

NOW = datetime(2026, 3, 10, tzinfo=UTC)
URL = "https://feed.example/rss"
RSS = b"""<rss version="2.0"><channel><title>News</title><item><title>Ada &amp; Co raises 5m</title>
<link>/a</link><description>&lt;p&gt;Seed&lt;/p&gt; round</description>
<pubDate>Mon, 09 Mar 2026 10:00:00 GMT</pubDate></item>
<item><title>Untold"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Bo appoints CFO</title>
<link rel="alternate" href="https://b.example/1"/><summary>x</summary><updated>2026-03-09T10:00:00Z</updated></entry></feed>"""
AT = datetime(2026, 3, 9, 10, tzinfo=UTC)


def test_feeds_are_read_also_when_they_break_off():
    first, second = entries_of(RSS, URL)

    assert first == Entry("Ada & Co raises 5m", "https://feed.example/a", "Seed round", AT)
    assert second.title == "Untold"
    assert entries_of(ATOM, URL) == [Entry("Bo appoints CFO", "https://b.example/1", "x", AT)]


def test_of_a_page_the_links_are_read():
    page = b'<html><a href="/jobs/1">Ada is hiring</a><a href="/">Home</a><a>no address here</a></html>'

    assert entries_of(page, URL) == [Entry("Ada is hiring", "https://feed.example/jobs/1")]


def test_what_a_feed_includes_from_elsewhere_is_not_read():
    feed = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><item><title>a &x;</title></item></rss>'

    assert "root" not in entries_of(feed, URL)[0].title


@given(st.binary(max_size=300))
def test_anything_can_be_read(content):
    assert isinstance(entries_of(content, URL), list)


def test_companies_are_named_by_whole_words_and_not_by_short_ones():
    names = searchable({"1": "Ada Ltd", "2": "Bo", "3": "Adams", "4": "----"})

    assert set(names) == {"1", "3"}
    assert named(Entry("ADA LTD. raises", "u"), names) == {"1": True}
    assert named(Entry("News", "u", "of ada ltd and Adamson"), names) == {"1": False}


@pytest.mark.parametrize(
    ("title", "text", "kind", "sure"),
    [
        ("Ada raises 5m", "", "funding_round", 0.9),
        ("Ada appoints a CFO", "", "executive_change", 0.9),
        ("Ada is hiring engineers", "", "job_posting", 0.9),
        ("Ada: annual accounts", "", "filing", 0.9),
        ("Ada today", "a funding round", "funding_round", 0.7),
        ("Ada opens an office", "", "news", 0.5),
    ],
)
def test_a_kind_is_known_by_its_words(title, text, kind, sure):
    found = signal_of(Entry(title, "https://a.example/1", text, AT), True, KINDS, 0, NOW)

    assert (found.type, found.confidence) == (kind, sure)
    assert found.expires_at == AT + timedelta(days=30)


def test_what_is_not_wanted_not_sure_enough_or_over_is_no_signal():
    raised = Entry("Ada raises 5m", "https://a.example/1", "", AT)

    assert signal_of(raised, True, ["news"], 0, NOW) is None
    assert signal_of(raised, True, KINDS, 0.91, NOW) is None
    assert signal_of(raised, True, KINDS, 0.9, NOW) is not None
    assert signal_of(raised, True, KINDS, 0, AT + timedelta(days=30)) is None


def test_an_address_that_is_none_is_left_out():
    assert signal_of(Entry("Ada raises", "mailto:a@b.example"), True, KINDS, 0, NOW).url is None
