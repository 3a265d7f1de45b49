"""Turning a block (`with`, `async with`) into a decorator of functions and of coroutine functions."""

import functools
import inspect
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, Protocol, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


class Block(AbstractContextManager[Any, None], AbstractAsyncContextManager[Any, None], Protocol):
    """Something that can be entered either way."""


def decorated(function: F, open_block: Callable[[], Block]) -> F:
    """The function with a block of its own around each call.

    Raises:
        TypeError: it is a generator function or a class, whose work happens after the call.
    """
    _refuse(function)
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None)):  # noqa: B004

        @functools.wraps(function)
        async def awaited(*args: Any, **options: Any) -> Any:
            async with open_block():
                return await function(*args, **options)

        return cast(F, awaited)

    @functools.wraps(function)
    def called(*args: Any, **options: Any) -> Any:
        with open_block():
            return function(*args, **options)

    return cast(F, called)


def _refuse(function: Callable[..., Any]) -> None:
    name = getattr(function, "__qualname__", repr(function))
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(
            f"{name} is a generator: its work is done while it is iterated, after the call that a decorator sees. "
            "Put a `with` block inside it, or around the loop over it."
        )
    if inspect.isclass(function):
        raise TypeError(f"{name} is a class: decorate those of its methods that do the work.")
