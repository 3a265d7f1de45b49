"""The statistics of comparisons: published values, and what simulated experiments show of false alarms and power."""

import math
import random
from decimal import Decimal
from statistics import NormalDist

import pytest

from watchbill.analytics.histograms import bucket_of, value_of
from watchbill.experiments import statistics
from watchbill.experiments.statistics import ALPHA, Difference

SEED = 20261121


@pytest.mark.parametrize(
    ("successes", "runs", "low", "high"),
    # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_share_is_the_published_one(successes, runs, low, high):
    found = statistics.wilson(successes, runs)

    assert found == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_many_comparisons_are_adjusted_as_holm_did():
    assert statistics.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert statistics.holm([0.4, 0.9]) == pytest.approx([0.8, 0.9])
    assert statistics.holm([]) == []


def test_a_fixed_test_of_two_shares_is_the_square_root_of_campbells_chi_squared():
    # 2x2 table 20/50 and 30/50: chi squared is 4, times (N-1)/N.
    difference = statistics.between_shares(statistics.share(20, 50), statistics.share(30, 50))

    expected = 2 * (1 - NormalDist().cdf(math.sqrt(4 * 99 / 100)))
    assert difference.p_value(anytime=False) == pytest.approx(expected)


def test_the_runs_needed_are_those_of_the_textbook():
    # Half against 60%, variance of a half: (1.960 + 0.842)² x 2 x 0.25 / 0.1² = 392.4.
    assert statistics.runs_needed(0.25, 0.1, anytime=False) == 393
    assert statistics.runs_needed(0.25, 0.1, anytime=True) > 393


def test_what_has_no_variance_is_alike_or_is_not():
    assert Difference(0.0, 0.0, 0.0).p_value(anytime=True) == 1
    assert Difference(0.1, 0.0, 0.0).p_value(anytime=False) == 0


@pytest.mark.parametrize("anytime", [True, False])
def test_a_difference_is_more_than_noise_exactly_when_its_interval_leaves_zero_out(anytime):
    for value in range(60):
        difference = Difference(value / 100, 0.01, 1.0)
        low, _ = difference.interval(anytime)
        assert (low > 0) == (difference.p_value(anytime) < ALPHA)


def test_a_percentile_has_an_interval_when_there_are_runs_on_both_sides_of_it():
    durations = dict.fromkeys(range(1, 101), 1)

    low, high = statistics.quantile_interval(durations, 0.5)
    # The ranks 40 and 61 of a hundred, as the binomial distribution has them.
    assert (low, high) == (value_of(40), value_of(61))
    assert statistics.quantile_interval(dict.fromkeys(range(1, 21), 1), 0.95) is None


def shares(rng, runs, chance):
    return sum(rng.random() < chance for _ in range(runs))


def peeked(rng, one, two, looks=20, step=40):
    """The smallest p-values that somebody meets who looks again and again: by the test for that, and by the other."""
    successes, runs, best = [0, 0], 0, [1.0, 1.0]
    for _ in range(looks):
        runs += step
        successes = [before + shares(rng, step, chance) for before, chance in zip(successes, (one, two), strict=True)]
        difference = statistics.between_shares(*(statistics.share(each, runs) for each in successes))
        best = [min(least, difference.p_value(anytime)) for least, anytime in zip(best, (True, False), strict=True)]
    return best


def test_looking_again_and_again_gives_no_more_false_alarms_than_allowed():
    rng, experiments = random.Random(SEED), 500

    found = [peeked(rng, 0.8, 0.8) for _ in range(experiments)]

    alarms = [sum(p[test] < ALPHA for p in found) / experiments for test in (0, 1)]
    assert alarms[0] <= ALPHA
    assert alarms[1] > 3 * ALPHA, "a test for one look would have been enough, and this one costs for nothing"


def test_one_look_at_the_planned_end_gives_about_as_many_false_alarms_as_allowed():
    rng, experiments, runs = random.Random(SEED), 2_000, 200

    found = [
        statistics.between_shares(*(statistics.share(shares(rng, runs, 0.8), runs) for _ in range(2))).p_value(False)
        for _ in range(experiments)
    ]

    # Four standard deviations of the share itself around 5%.
    assert abs(sum(p < ALPHA for p in found) / experiments - ALPHA) < 4 * math.sqrt(0.05 * 0.95 / experiments)


@pytest.mark.parametrize("anytime", [False, True])
def test_a_true_difference_is_found_as_often_as_planned(anytime):
    rng, experiments, chances = random.Random(SEED), 300, (0.75, 0.85)
    middle = sum(chances) / 2
    runs = statistics.runs_needed(middle * (1 - middle), chances[1] - chances[0], anytime)

    found = 0
    for _ in range(experiments):
        samples = [statistics.share(shares(rng, runs, chance), runs) for chance in chances]
        found += statistics.between_shares(*samples).p_value(anytime) < ALPHA

    assert 0.72 < found / experiments < 0.88


def durations(rng, runs, slower=1.0):
    counts = {}
    for _ in range(runs):
        bucket = bucket_of(round(1_000 * slower * math.exp(rng.gauss(0, 0.5))))
        counts[bucket] = counts.get(bucket, 0) + 1
    return counts


@pytest.mark.parametrize(("slower", "least", "most"), [(1.0, 0.0, 0.08), (1.3, 0.8, 1.0)])
def test_a_median_that_moved_is_found_and_one_that_did_not_is_no_alarm(slower, least, most):
    rng, experiments = random.Random(SEED), 200
    found = 0
    for _ in range(experiments):
        one, two = durations(rng, 150), durations(rng, 150, slower)
        bucket = statistics.pooled_bucket(one, two, 0.5)
        difference = statistics.between_shares(statistics.above(one, bucket), statistics.above(two, bucket))
        found += difference.p_value(anytime=False) < ALPHA

    assert least <= found / experiments <= most


def test_the_interval_of_a_percentile_holds_the_true_one_as_often_as_it_says():
    rng, experiments, held = random.Random(SEED), 300, 0
    for _ in range(experiments):
        low, high = statistics.quantile_interval(durations(rng, 200), 0.5)
        # Buckets are within 1% of what is in them.
        held += low / 1.01 <= 1_000 <= high * 1.01

    assert held / experiments >= 0.93


def test_means_that_differ_are_found_by_their_sums_and_squares():
    rng = random.Random(SEED)
    samples = []
    for centre in (1.0, 1.1):
        values = [Decimal(rng.gauss(centre, 0.2)) for _ in range(200)]
        samples.append(statistics.mean(sum(values), sum(value**2 for value in values), len(values)))
        assert samples[-1].variance == pytest.approx(0.04, rel=0.25)

    difference = statistics.between_means(*samples)
    assert difference.value == pytest.approx(0.1, abs=0.05)
    assert difference.p_value(anytime=True) < ALPHA
