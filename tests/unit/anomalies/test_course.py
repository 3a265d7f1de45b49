"""The course of an anomaly: the rule's own figures, hour by hour, so that what is shown is what was judged by."""

from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tests.support.agent_hours import AGENT, FAULT, FAULT_HOURS, MONDAY, at, dear, hours
from watchbill.anomalies.course import AFTER, BEFORE, LONGEST, course_of, window_around
from watchbill.anomalies.episodes import Episode, Series
from watchbill.anomalies.figures import HOUR, Work
from watchbill.anomalies.judging import Terms
from watchbill.anomalies.models import AnomalyType, Judgement, Severity, Window
from watchbill.anomalies.watch import advance, begun
from watchbill.anomalies.wording import told
from watchbill.configuration.models import Thresholds

TERMS = Terms(Thresholds(), ZoneInfo("UTC"))
END = FAULT + 12


def slow(index, work):
    return work._replace(duration=work.duration * 6) if FAULT <= index < FAULT + FAULT_HOURS else work


def failing(index, work):
    return work._replace(failed=work.finished) if FAULT <= index < FAULT + FAULT_HOURS else work


def poor(index, work):
    worse = work._replace(quality=30.0, rated=work.runs)
    return worse if FAULT <= index < FAULT + FAULT_HOURS else worse._replace(quality=80.0)


def crowded(index, work):
    more = Work(*[value * 40 for value in work[:3]], work.duration, work.timed * 40)
    return more if FAULT <= index < FAULT + FAULT_HOURS else work


def silent(index, work):
    return None if FAULT <= index < FAULT + 10 else work


def found(change, kind, until=END):
    """The anomaly of a type that judging these hours finds, with the judgements that it was found by, and the hours."""
    there = hours(END, change)
    advanced = advance(begun(AGENT, there, at(FAULT - 24)), there, at(until), TERMS)
    (episode,) = (one for one in advanced.changed if one.series.type is kind)
    return told(episode, "ana"), episode, there


def course(anomaly, there, now=None):
    return course_of(anomaly, there, window_around(anomaly, now or at(END)), TERMS)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (slow, AnomalyType.LATENCY),
        (dear, AnomalyType.COST),
        (failing, AnomalyType.ERROR_RATE),
        (poor, AnomalyType.QUALITY),
        (crowded, AnomalyType.VOLUME),
    ],
)
def test_what_is_shown_of_an_hour_is_what_it_was_judged_by(change, kind):
    anomaly, episode, there = found(change, kind)

    points = {point.hour: point for point in course(anomaly, there).points}

    last = points[episode.latest.window.end - HOUR]
    # Hours that were settled when it was judged were known to three digits.
    assert (last.value, last.usual) == pytest.approx((episode.latest.current, episode.latest.expected), rel=0.005)
    inside = [hour for hour, point in points.items() if point.expected and within(point)]
    assert not any(anomaly.window_start <= hour < anomaly.window_end for hour in inside)
    assert len(inside) >= 40


def within(point):
    low, high = point.expected
    return low <= point.value <= high


def test_hours_around_an_episode_are_shown_whole_and_in_order():
    anomaly, _, there = found(dear, AnomalyType.COST)

    shown = course(anomaly, there)

    hours_shown = [point.hour for point in shown.points]
    assert hours_shown[0] == anomaly.window_start - BEFORE
    assert hours_shown[-1] + HOUR == min(at(END), anomaly.resolved_at + AFTER)
    assert {later - earlier for earlier, later in pairwise(hours_shown)} == {HOUR}
    assert shown.whole


def test_silence_is_shown_by_the_runs_there_were_not():
    anomaly, _, there = found(silent, AnomalyType.SILENCE, FAULT + 9)

    points = course(anomaly, there, at(FAULT + 9)).points

    assert [point.value for point in points[-9:]] == [0.0] * 9
    assert all(point.usual for point in points[-9:])
    assert not any(point.expected for point in points)


def test_of_an_episode_that_lasts_long_the_beginning_is_shown():
    judged = Judgement(AnomalyType.COST, Window(at(0), at(24 * 40)), Severity.LOW, "dear", 3.0, 1.0)
    episode = Episode(Series(AGENT, AnomalyType.COST, "research"), at(0), at(1), Severity.LOW, judged)

    shown = course_of(told(episode, "ana"), {}, window_around(told(episode, "ana"), at(24 * 41)), TERMS)

    assert (shown.points[0].hour, len(shown.points)) == (MONDAY - BEFORE, LONGEST // HOUR)
    assert not shown.whole
    assert all(point.value is point.usual is point.expected is None for point in shown.points)


def test_an_hour_that_is_not_over_is_shown_as_far_as_it_is():
    anomaly, _, there = found(dear, AnomalyType.COST, FAULT + 2)
    now = at(FAULT + 2) + timedelta(minutes=20)

    points = course(anomaly, there, now).points

    assert points[-1].hour == at(FAULT + 2)
    assert points[-1].value is not None
