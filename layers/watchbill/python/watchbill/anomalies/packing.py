"""The bytes a watch is stored as: hours in columns of whole numbers, which resemble each other, compressed."""

import json
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from watchbill.anomalies.episodes import Acknowledgement, Episode, Series
from watchbill.anomalies.figures import Hours, Work
from watchbill.anomalies.models import AnomalyType, Judgement, Severity, Window
from watchbill.anomalies.past import SeriesName
from watchbill.platform import clock

_HOUR_SECONDS = 3600
_LEAST_POWER = -40
_WHOLE = "I"
_WIDTH = array(_WHOLE).itemsize
_LARGEST = 2**32 - 1


def pack_hours(hours: Hours, digits: int) -> bytes:
    """Hours whose means have so many significant digits."""
    by_task_type: dict[str, list[tuple[int, Work]]] = {}
    for hour in sorted(hours):
        for task_type, work in hours[hour].items():
            by_task_type.setdefault(task_type, []).append((_number_of(hour), work))
    lengths = {task_type: len(entries) for task_type, entries in by_task_type.items()}
    columns = [column for entries in by_task_type.values() for column in _columns(entries, digits)]
    header = json.dumps(lengths, separators=(",", ":")).encode()
    return zlib.compress(len(header).to_bytes(4) + header + b"".join(map(_planes, columns)), level=9)


def unpack_hours(packed: bytes, digits: int) -> Hours:
    """The hours that `pack_hours` packed."""
    whole = zlib.decompress(packed)
    start = 4 + int.from_bytes(whole[:4])
    lengths: dict[str, int] = json.loads(whole[4:start])
    hours: dict[datetime, dict[str, Work]] = {}
    for task_type, length in lengths.items():
        size = _WIDTH * length
        columns = [_numbers(whole[start + size * place : start + size * (place + 1)]) for place in range(_COLUMNS)]
        start += size * _COLUMNS
        for hour, work in _entries(columns, digits):
            hours.setdefault(hour, {})[task_type] = work
    return {hour: hours[hour] for hour in sorted(hours)}


def pack_open(episodes: Mapping[SeriesName, Episode]) -> bytes:
    """The episodes that are not over."""
    return zlib.compress(json.dumps([_from_episode(one) for one in episodes.values()], separators=(",", ":")).encode())


def unpack_open(packed: bytes, agent_id: str) -> dict[SeriesName, Episode]:
    """The episodes that `pack_open` packed."""
    found = [_to_episode(agent_id, one) for one in json.loads(zlib.decompress(packed))]
    return {(one.series.type, one.series.task_type): one for one in found}


def pack_states(states: Sequence[bytes]) -> bytes:
    """States of detectors."""
    return zlib.compress(b"".join(len(state).to_bytes(4) + state for state in states), level=9)


def unpack_states(packed: bytes) -> tuple[bytes, ...]:
    """The states that `pack_states` packed."""
    whole, start, states = zlib.decompress(packed), 0, list[bytes]()
    while start < len(whole):
        end = start + 4 + int.from_bytes(whole[start : start + 4])
        states.append(whole[start + 4 : end])
        start = end
    return tuple(states)


_COLUMNS = 10


def _columns(entries: Sequence[tuple[int, Work]], digits: int) -> Iterator[list[int]]:
    numbers = [number for number, _ in entries]
    yield [number - before for number, before in zip(numbers, [0, *numbers], strict=False)]
    yield [work.runs for _, work in entries]
    yield [work.failed for _, work in entries]
    # Mostly all runs are finished, timed and so on: what is missing is a column of zeros.
    for name in ("finished", "timed", "costed", "rated"):
        yield [work.runs - getattr(work, name) for _, work in entries]
    for name in ("duration", "cost", "quality"):
        yield [_code(getattr(work, name), digits) for _, work in entries]


def _entries(columns: Sequence[Sequence[int]], digits: int) -> Iterator[tuple[datetime, Work]]:
    number = 0
    for step, runs, failed, unfinished, untimed, uncosted, unrated, *means in zip(*columns, strict=True):
        number += step
        duration, cost, quality = (_decoded(code, digits) for code in means)
        yield (
            datetime.fromtimestamp(number * _HOUR_SECONDS, UTC),
            Work(
                runs,
                failed,
                runs - unfinished,
                duration,
                runs - untimed,
                cost,
                runs - uncosted,
                quality,
                runs - unrated,
            ),
        )


def _planes(column: Iterable[int]) -> bytes:
    """A column as all its first bytes, then all its second bytes and so on: most of the later ones are zero."""
    whole = array(_WHOLE, [min(number, _LARGEST) for number in column]).tobytes()
    return b"".join(whole[place::_WIDTH] for place in range(_WIDTH))


def _numbers(planes: bytes) -> Sequence[int]:
    length = len(planes) // _WIDTH
    whole = bytearray(len(planes))
    for place in range(_WIDTH):
        whole[place::_WIDTH] = planes[place * length : (place + 1) * length]
    return array(_WHOLE, bytes(whole))


def _code(value: float, digits: int) -> int:
    """A number of so many significant digits as a whole one; 0 for what is too small to be told from it."""
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    if value <= 0 or int(power) <= _LEAST_POWER:
        return 0
    scale: int = 10**digits
    return (int(power) - _LEAST_POWER) * scale + int(mantissa.replace(".", ""))


def _decoded(code: int, digits: int) -> float:
    if not code:
        return 0.0
    power, mantissa = divmod(code, 10**digits)
    return float(f"{mantissa}e{power + _LEAST_POWER - digits + 1}")


def _number_of(hour: datetime) -> int:
    return int(hour.timestamp()) // _HOUR_SECONDS


def _from_episode(episode: Episode) -> dict[str, Any]:
    latest = episode.latest
    return {
        "type": episode.series.type,
        "task_type": episode.series.task_type,
        "opened_at": clock.to_text(episode.opened_at),
        "detected_at": clock.to_text(episode.detected_at),
        "severity": episode.severity,
        "calm": episode.calm,
        "calm_since": clock.to_text(episode.calm_since) if episode.calm_since else None,
        "start": clock.to_text(latest.window.start),
        "end": clock.to_text(latest.window.end),
        "acknowledged": [clock.to_text(known.at), known.by] if (known := episode.acknowledged) else None,
        "latest": [latest.severity, latest.reason, latest.current, latest.expected, latest.deviation],
    }


def _to_episode(agent_id: str, stored: Mapping[str, Any]) -> Episode:
    kind = AnomalyType(stored["type"])
    window = Window(clock.from_text(stored["start"]), clock.from_text(stored["end"]))
    severity, reason, current, expected, deviation = stored["latest"]
    known = stored.get("acknowledged")
    return Episode(
        series=Series(agent_id, kind, stored["task_type"]),
        opened_at=clock.from_text(stored["opened_at"]),
        detected_at=clock.from_text(stored["detected_at"]),
        severity=Severity(stored["severity"]),
        latest=Judgement(kind, window, Severity(severity), reason, current, expected, deviation),
        calm=stored["calm"],
        calm_since=clock.from_text(stored["calm_since"]) if stored["calm_since"] else None,
        acknowledged=Acknowledgement(clock.from_text(known[0]), known[1]) if known else None,
    )
