"""On the PYTHONPATH of a service: SIGUSR2 begins to sample where its CPU time goes, a second SIGUSR2 writes it down.

A sample is taken for every 2 ms of CPU time, so waiting costs nothing and does not show. Time inside compiled code is
counted at the Python function that called it; the garbage collector strikes anywhere, so its time is taken by itself.
"""

import gc
import json
import os
import signal
import time
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

EVERY = 0.002
_stacks: Counter[tuple[str, ...]] = Counter()
_running = False
_collecting = {"seconds": 0.0, "since": 0.0, "times": 0}


def _sample(_number: int, frame: FrameType | None) -> None:
    stack = []
    while frame is not None:
        code = frame.f_code
        stack.append(f"{code.co_filename}:{code.co_qualname}")
        frame = frame.f_back
    _stacks[tuple(stack)] += 1


def _collect(phase: str, _about: dict[str, Any]) -> None:
    if phase == "start":
        _collecting["since"] = time.process_time()
    else:
        _collecting["seconds"] += time.process_time() - _collecting["since"]
        _collecting["times"] += 1


def _toggle(_number: int, _frame: FrameType | None) -> None:
    global _running  # noqa: PLW0603  a signal handler has no other place
    _running = not _running
    if _running:
        _stacks.clear()
        _collecting.update(seconds=0.0, times=0)
        gc.callbacks.append(_collect)
        signal.signal(signal.SIGPROF, _sample)
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
        return
    signal.setitimer(signal.ITIMER_PROF, 0)
    gc.callbacks.remove(_collect)
    target = Path(os.environ["DIALTONE_SAMPLES"])
    unfinished = target.with_suffix(".new")
    stacks = [[list(stack), count] for stack, count in _stacks.items()]
    unfinished.write_text(json.dumps({"collector": _collecting, "stacks": stacks}))
    unfinished.replace(target)


if os.environ.get("DIALTONE_SAMPLES"):
    signal.signal(signal.SIGUSR2, _toggle)
