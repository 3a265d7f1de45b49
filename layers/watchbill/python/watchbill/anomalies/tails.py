"""How improbable a figure is by the standard of its own past: streaming tail probabilities in a few numbers each.

Beyond a high quantile of the past the tail is taken as exponential in the logarithm, that is as a power law, with the
mean excess as its scale (Hill's estimator, and the peaks-over-threshold idea of Siffer et al., "Anomaly Detection in
Streams with Extreme Value Theory", KDD 2017). Heavy-tailed series thereby ask for larger figures by themselves.
"""

from math import exp, log, log10

from watchbill.anomalies.states import Part

SHARE = 0.1
"""The share of figures that lie beyond the learned quantile."""
_PRIOR, _PRIOR_WEIGHT = 1.4, 8
_UNSETTLED = 30
"""While the quantile is still far off, excesses over it say nothing."""
_FAR_OUT, _CAUTION, _SETTLED = 2.5, 0.1, 200
_FALL = 1.0
"""A quantile starts from what is usual and is never further below it than this."""
_MEMORY, _EXCESS_MEMORY = 4000, 150
_LN10 = log(10)
_FARTHEST = 1e9
HEAVY = 0.22
"""The mean excess of the lightest tail that errors have: a little heavier than the normal distribution's."""
MOST = 12.0
"""Surprises approach this, as no past is long enough to say more."""
NOISE = 0.02
"""Figures come in units of their usual size; what is far below it makes no difference."""


class Tail(Part):
    """The upper tail of a series of logarithms: from where its quantile starts, and how light it can be at all."""

    __slots__ = ("exceeded", "excess", "least", "lightest", "quantile", "rate", "seen")

    def __init__(self, start: float, lightest: float = HEAVY) -> None:
        self.seen = 0
        self.lightest = lightest
        self.least = start - _FALL
        self.exceeded = 0
        self.quantile = start
        self.rate = SHARE
        self.excess = _PRIOR * lightest

    def surprise(self, figure: float) -> float:
        """-log10 of the probability of such a figure or a larger one: 0 for the ordinary, 3 for one in a thousand."""
        over = figure - self.quantile
        if over <= 0:
            return -log10(self.rate) * exp(over)
        beyond = over / (max(self.excess, self.lightest) * _LN10)
        return -log10(self.rate) + MOST * beyond / (MOST + beyond)

    def learn(self, figure: float) -> None:
        """Take a figure into the past; an extreme one counts for no more than four ordinary excesses."""
        self.seen += 1
        over = figure - self.quantile
        step = 0.004 + 3 / (self.seen + 10)
        pace = 1 / (min(self.seen, _MEMORY) + 20)
        if over > 0:
            excess = max(self.excess, self.lightest)
            # What lies far out teaches how far such figures lie, but hardly where the ordinary ends.
            weight = _CAUTION if over > _FAR_OUT * excess and self.seen > _SETTLED else 1.0
            if self.seen > _UNSETTLED:
                self.exceeded = min(self.exceeded + 1, _EXCESS_MEMORY)
                self.excess += (min(over, 4 * excess) - self.excess) / (self.exceeded + _PRIOR_WEIGHT)
            self.rate += weight * pace * (1 - self.rate)
            self.quantile += min(over, weight * step * (1 - SHARE))
        else:
            self.rate -= pace * self.rate
            self.quantile = max(self.least, self.quantile - step * SHARE)


class SignedTail(Part):
    """Both tails of a series around zero, each with its own past: a fall is judged by falls, a rise by rises."""

    __slots__ = ("above", "below")

    def __init__(self, start: float) -> None:
        self.above = Tail(start)
        self.below = Tail(start)

    def judge(self, figure: float) -> float:
        """The surprise of a figure, which is learned afterwards."""
        size = log(min(abs(figure), _FARTHEST) + NOISE)
        tail, other = (self.above, self.below) if figure >= 0 else (self.below, self.above)
        surprise = tail.surprise(size)
        tail.learn(size)
        other.learn(min(other.quantile, size))
        return surprise
