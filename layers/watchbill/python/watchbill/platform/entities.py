"""Kinds of items: how a key of the table is made of values, and taken apart again. `keys` says which there are."""

import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

_FIELD = re.compile(r"\{(\w+)\}")
SEPARATOR = "#"
LAST = "\U0010ffff"
"""Behind whatever may follow in a sort key."""


class Key(NamedTuple):
    """A primary key of the table."""

    pk: str
    sk: str


class NotAKey(ValueError):
    """These strings are no key of this table."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A kind of item: the templates its key is made from. Calling it with its fields' values makes the key."""

    name: str
    pk: str
    sk: str

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the values the key is made of, in order."""
        return _names(self.pk) + _names(self.sk)

    def __call__(self, *values: str) -> Key:
        """The key for these values, one per field. Raises ValueError for a wrong number of them or an empty one."""
        return Key(self.partition(*values), _fill(self.sk, values[len(_names(self.pk)) :]))

    def partition(self, *values: str) -> str:
        """The partition key; values beyond its fields are not looked at."""
        return _fill(self.pk, values[: len(_names(self.pk))])

    def prefix(self, *values: str) -> str:
        """The sort key's beginning up to the first field without a value, for `begins_with`."""
        template = self.sk
        for value in values:
            template = _FIELD.sub(lambda _, v=value: escape(v), template, count=1)  # type: ignore[misc]
        return template.split("{", 1)[0]

    def last(self, *values: str) -> str:
        """A bound behind every sort key that begins with these values."""
        return self.prefix(*values) + LAST

    def parse(self, key: Key) -> dict[str, str] | None:
        """The values a key was made of, or None when it is another entity's."""
        # Most keys that are asked about are another entity's, and most of those by their sort key.
        sort = _pattern(self.sk).fullmatch(key.sk)
        partition = _pattern(self.pk).fullmatch(key.pk) if sort else None
        if sort is None or partition is None:
            return None
        return {name: unescape(value) for name, value in (partition.groupdict() | sort.groupdict()).items()}


def escape(value: str) -> str:
    """A value without the separator."""
    return value.replace("%", "%25").replace("#", "%23")


def unescape(value: str) -> str:
    """What was escaped."""
    return value.replace("%23", "#").replace("%25", "%")


def _fill(template: str, values: tuple[str, ...]) -> str:
    parts = _parts(template)
    if len(parts) // 2 != len(values) or not all(values):
        raise ValueError(f"{template!r} needs one non-empty value for each of {_names(template)}, not {values!r}")
    filled = list(parts)
    filled[1::2] = map(escape, values)
    return "".join(filled)


def _names(template: str) -> tuple[str, ...]:
    return _parts(template)[1::2]


# A template is taken apart once: a stream's consumer asks thirty entities about each of a thousand records.
@cache
def _parts(template: str) -> tuple[str, ...]:
    """Text and names of fields in turn, beginning and ending with text."""
    return tuple(_FIELD.split(template))


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = _parts(template)
    return re.compile("".join(f"(?P<{part}>[^#]+)" if i % 2 else re.escape(part) for i, part in enumerate(parts)))
