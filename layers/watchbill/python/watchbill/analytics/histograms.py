"""Histograms with a fixed relative error, and the small numbers that sparse counts are stored as.

Buckets are DDSketch's (Masson, Rim, Lee: "DDSketch", VLDB 2019): bucket i holds what lies in (g^(i-1), g^i], with
g = (1+e)/(1-e), so that a quantile read from a bucket is within e of a true one. Histograms add and subtract exactly.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

RELATIVE_ERROR = 0.01
_GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_LOG_GAMMA = math.log(_GAMMA)
_ZERO = -1
"""The bucket of zero, below that of 1 (bucket 0); durations are whole milliseconds."""

Counts = Counter[int]


def bucket_of(value: int) -> int:
    """The bucket of a whole number, 0 or more."""
    return _ZERO if value == 0 else math.ceil(math.log(value) / _LOG_GAMMA)


def value_of(bucket: int) -> float:
    """The value that stands for a bucket: within the relative error of everything in it."""
    return 0.0 if bucket == _ZERO else 2 * _GAMMA**bucket / (_GAMMA + 1)


def quantile(counts: Mapping[int, int], q: float) -> float | None:
    """The value below which a share `q` (0 to 1) of what was counted lies; None when nothing was."""
    total = sum(counts.values())
    if total <= 0:
        return None
    rank, seen = q * (total - 1), 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen > rank:
            return value_of(bucket)
    return value_of(max(counts))


def pack(counts: Mapping[int, int]) -> list[int]:
    """Sparse counts as small numbers: for each index the step from the one before, and its count."""
    packed, before = [], 0
    for index in sorted(counts):
        if counts[index]:
            packed += [index - before, counts[index]]
            before = index
    return packed


def unpack(packed: Sequence[int]) -> Counts:
    """What was packed."""
    counts, index = Counter[int](), 0
    for step, count in zip(packed[::2], packed[1::2], strict=True):
        index += step
        counts[index] = count
    return counts
