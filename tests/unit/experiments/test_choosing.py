"""Which version does a task: by its share, the same for ever, and moved only when it must be."""

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from watchbill.experiments.models import Experiment, Share, Sticky
from watchbill.experiments.rules import chosen, sticky_key

NOW = datetime(2026, 3, 10, tzinfo=UTC)
WEIGHTS = st.dictionaries(st.sampled_from("abcde"), st.sampled_from((0.5, 1, 2, 5, 10)), min_size=2)


def experiment(weights, id="e"):
    shares = tuple(Share(version=version, weight=weight) for version, weight in weights.items())
    return Experiment(id=id, agent_id="a", name="n", versions=shares, sticky_by=Sticky.STREAM, started_at=NOW)


def choices(weights, keys=1_000, id="e"):
    return [chosen(experiment(weights, id), f"key {number}").version for number in range(keys)]


@settings(max_examples=30)
@given(WEIGHTS, st.text(max_size=8))
def test_each_version_gets_its_share(weights, id):
    counted, keys = Counter(choices(weights, id=id)), 1_000

    for version, weight in weights.items():
        share = weight / sum(weights.values())
        # Five standard deviations: less than one in a million is further off.
        assert abs(counted[version] / keys - share) <= 5 * (share * (1 - share) / keys) ** 0.5


@given(WEIGHTS, st.text(max_size=20))
def test_a_key_has_one_version_whatever_the_order_of_the_versions(weights, key):
    turned = dict(reversed(weights.items()))

    assert chosen(experiment(weights), key) == chosen(experiment(turned), key)


@settings(max_examples=30)
@given(WEIGHTS, st.sampled_from((0.25, 3.0)))
def test_a_weight_that_changes_moves_keys_to_or_from_its_own_version_only(weights, factor):
    changed = next(iter(weights))
    after = weights | {changed: weights[changed] * factor}

    moved = [(one, two) for one, two in zip(choices(weights, 500), choices(after, 500), strict=True) if one != two]

    assert all((two if factor > 1 else one) == changed for one, two in moved)


def test_two_experiments_choose_apart():
    one, two = choices({"a": 1, "b": 1}, id="one"), choices({"a": 1, "b": 1}, id="two")

    together = sum(first == second for first, second in zip(one, two, strict=True))
    assert 0.45 < together / len(one) < 0.55


def test_what_stays_together_is_the_stream_the_session_or_the_task():
    assert sticky_key(Sticky.STREAM, "s", "t", "1") == sticky_key(Sticky.STREAM, "s", "u", "2")
    assert sticky_key(Sticky.SESSION, "s", "t", "1") == sticky_key(Sticky.SESSION, "r", "t", "2")
    assert sticky_key(Sticky.NONE, "s", "t", "1") != sticky_key(Sticky.NONE, "s", "t", "2")
    assert sticky_key(Sticky.STREAM, None, "t", "1") != sticky_key(Sticky.STREAM, None, "t", "2")
