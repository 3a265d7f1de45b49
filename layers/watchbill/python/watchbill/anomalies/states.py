"""The bytes a detector's state is stored as: the numbers of its parts in order, exactly as they are in memory."""

import struct
from array import array
from typing import Any, Final, Self

_SCALAR = struct.Struct("<d")
_LENGTH = struct.Struct("<H")
FLOATS: Final = "f"
"""Arrays hold single precision from the start, so that storing them loses nothing."""

_KEPT_BITS, _HALF_STEP = 0xFFFFC000, 0x2000
"""Sign, exponent and the first nine bits of a float's fraction; half of what the last of these is worth."""


class Part:
    """A part of a detector's state, all of it in slots: numbers, arrays of floats, parts and lists of parts.

    A freshly built part says by its values' types what each slot holds.
    """

    __slots__: tuple[str, ...] = ()

    def pack(self) -> bytes:
        """The part's numbers."""
        return b"".join(_packed(getattr(self, name)) for name in self.__slots__)

    def unpack(self, packed: bytes, start: int = 0) -> int:
        """Take the numbers that `pack` wrote, beginning at `start`; answers where they end."""
        for name in self.__slots__:
            value, start = _unpacked(getattr(self, name), packed, start)
            setattr(self, name, value)
        return start

    def coarse(self) -> Self:
        """Its arrays rounded to a thousandth, so that packed it compresses to three quarters; the part itself."""
        for name in self.__slots__:
            setattr(self, name, _coarse(getattr(self, name)))
        return self


def _coarse(value: Any) -> Any:
    if isinstance(value, array):
        whole = array("I", value.tobytes())
        return array(FLOATS, array("I", [(bits + _HALF_STEP) & _KEPT_BITS for bits in whole]).tobytes())
    if isinstance(value, Part):
        return value.coarse()
    return type(value)(map(_coarse, value)) if isinstance(value, list | tuple) else value


def _packed(value: Any) -> bytes:
    if isinstance(value, array):
        return _LENGTH.pack(len(value)) + value.tobytes()
    if isinstance(value, Part):
        return value.pack()
    if isinstance(value, list | tuple):
        return b"".join(map(_packed, value))
    return _SCALAR.pack(value)


def _unpacked(value: Any, packed: bytes, start: int) -> tuple[Any, int]:
    if isinstance(value, array):
        (length,) = _LENGTH.unpack_from(packed, start)
        start += _LENGTH.size
        end = start + length * value.itemsize
        return array(FLOATS, packed[start:end]), end
    if isinstance(value, Part):
        return value, value.unpack(packed, start)
    if isinstance(value, list | tuple):
        items = []
        for item in value:
            new, start = _unpacked(item, packed, start)
            items.append(new)
        return type(value)(items), start
    (number,) = _SCALAR.unpack_from(packed, start)
    return type(value)(number), start + _SCALAR.size
