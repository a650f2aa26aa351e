"""How much work something does, counted in calls: the same on every machine."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


@contextmanager
def counted(*watched: Callable[..., Any]) -> Iterator[Counter[str]]:
    """The calls of these Python functions in this thread, by name; under `""` those of all, of Python and of C."""
    codes = {function.__code__: function.__name__ for function in watched}
    calls: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event in ("call", "c_call"):
            calls[""] += 1
            if event == "call" and frame.f_code in codes:
                calls[codes[frame.f_code]] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(before)
