"""Episodes: one anomaly from its first window to its last, however often and in whatever portions it is detected."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.anomalies.hours import HOUR, NOW
from watchbill.anomalies.episodes import CALM_WINDOWS, Change, Episode, Progress, Series, advance_all
from watchbill.anomalies.models import AnomalyType, Judgement, Severity, Window

SERIES = Series("5f0c" * 6, AnomalyType.LATENCY, "research")
SEVERITIES = st.lists(st.none() | st.sampled_from(Severity), max_size=40)


def judgements(severities: Sequence[Severity | None]) -> list[Judgement]:
    """One window an hour, from now on."""
    windows = [Window(NOW + HOUR * index, NOW + HOUR * (index + 1)) for index in range(len(severities))]
    return [
        Judgement(AnomalyType.LATENCY, window, severity, "because", 2.0, 1.0, 100.0)
        for window, severity in zip(windows, severities, strict=True)
    ]


def table(changes: Sequence[Change]) -> dict[str, Episode]:
    """What a store holds after it has written the changes."""
    return {change.episode.identity: change.episode for change in changes}


def lived(*severities: Severity | None) -> tuple[Progress, list[Change]]:
    """A series' progress and changes over windows of these severities."""
    return advance_all(Progress(SERIES), judgements(severities))


def test_an_episode_opens_once_and_is_updated_from_then_on() -> None:
    _, changes = lived(None, Severity.LOW, Severity.CRITICAL, Severity.MEDIUM)

    assert [change.opened for change in changes] == [True, False, False]
    assert [change.episode.severity for change in changes] == [Severity.LOW, Severity.CRITICAL, Severity.CRITICAL]
    (episode,) = table(changes).values()
    assert episode.opened_at == NOW + HOUR
    assert episode.latest.severity is Severity.MEDIUM


def test_it_resolves_itself_when_the_series_is_back_and_the_next_is_another() -> None:
    progress, changes = lived(Severity.HIGH, None, None, None, Severity.LOW)
    first, second = table(changes).values()

    assert first.resolved_at == NOW + 2 * HOUR
    assert second.resolved_at is None
    assert progress.open == second


def test_a_figure_that_flickers_is_one_episode() -> None:
    _, changes = lived(*([Severity.LOW, None] * 10))

    assert len(table(changes)) == 1
    assert CALM_WINDOWS == 2


def test_episodes_are_told_apart_by_agent_type_task_type_and_time() -> None:
    judged = judgements([Severity.LOW])
    others = (SERIES, Series("a" * 24, SERIES.type), Series(SERIES.agent_id, AnomalyType.COST), Series(*"ab"))
    found = [advance_all(Progress(series), judged)[1][0].episode.identity for series in others]

    assert found[0] == f"{SERIES.agent_id}.latency.research.20260210T1200"
    assert len(set(found)) == 4


@given(SEVERITIES)
def test_detecting_again_adds_nothing(severities: list[Severity | None]) -> None:
    judged = judgements(severities)
    progress, changes = advance_all(Progress(SERIES), judged)

    again, more = advance_all(progress, judged)

    assert (again, more) == (progress, [])
    assert table([*changes, *more]) == table(changes)


@given(SEVERITIES, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 10)), max_size=6))
def test_any_division_into_detections_gives_the_same_episodes(
    severities: list[Severity | None], detections: list[tuple[int, int]]
) -> None:
    judged = judgements(severities)
    whole, expected = advance_all(Progress(SERIES), judged)

    progress, changes, reached = Progress(SERIES), list[Change](), 0
    for until, overlap in [*sorted(detections), (len(judged), 0)]:
        progress, more = advance_all(progress, judged[max(0, reached - overlap) : until])
        changes, reached = changes + more, max(reached, until)

    assert (progress, changes) == (whole, expected)


@given(SEVERITIES)
def test_at_most_one_episode_is_open_and_all_others_are_resolved(severities: list[Severity | None]) -> None:
    progress, changes = lived(*severities)
    episodes = table(changes).values()

    assert [e for e in episodes if e.resolved_at is None] == ([progress.open] if progress.open else [])
    assert all(e.opened_at < e.resolved_at for e in episodes if e.resolved_at)
