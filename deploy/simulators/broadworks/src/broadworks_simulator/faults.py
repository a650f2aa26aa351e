"""Faults on demand: which commands they strike, and how often."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any, Literal, cast, get_args

from broadworks_simulator.documents import Document, Request

Kind = Literal[
    "error",
    "soap-fault",
    "html-503",
    "empty-503",
    "timeout-after",
    "reset",
    "reset-after",
    "latency",
    "hold",
    "session-expiry",
]
KINDS: tuple[str, ...] = get_args(Kind)
SLOW = ("error", "latency", "hold")  # kinds after which the document is answered all the same


class WrongFault(ValueError):
    """A fault nobody can inject."""


@dataclass(slots=True)
class Fault:
    id: str
    command: str
    kind: Kind
    match: dict[str, str] = field(default_factory=dict)
    code: str = ""
    text: str = ""
    times: int | None = None
    seconds: float = 60.0

    def strikes(self, request: Request) -> bool:
        if self.command not in ("*", request.type_name):
            return False
        return all(
            any((node.text or "").strip() == value for node in request.node.iter(name))
            for name, value in self.match.items()
        )


@dataclass(frozen=True, slots=True)
class Hold:
    """An answer waits until somebody lets it go, `seconds` at most."""

    seconds: float
    over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Struck:
    """What one document has to suffer."""

    errors: dict[int, Fault] = field(default_factory=dict)
    """By position of the command."""
    whole: Fault | None = None
    latency: float = 0.0
    holds: tuple[Hold, ...] = ()


@dataclass
class Faults:
    _faults: dict[str, Fault] = field(default_factory=dict)
    _holds: dict[str, Hold] = field(default_factory=dict)
    _ids: "count[int]" = field(default_factory=lambda: count(1))

    def inject(self, wanted: Mapping[str, Any]) -> Fault:
        fault = _read(str(next(self._ids)), wanted)
        self._faults[fault.id] = fault
        if fault.kind == "hold":
            self._holds[fault.id] = Hold(fault.seconds)
        return fault

    def shown(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._faults.values()]

    def clear(self, fault_id: str | None = None) -> bool:
        """Answers that are held go; of one that was spent, too."""
        gone = [*self._faults, *self._holds] if fault_id is None else [fault_id]
        found = [one for one in gone if one in self._faults or one in self._holds]
        for one in found:
            self._faults.pop(one, None)
            if hold := self._holds.pop(one, None):
                hold.over.set()
        return fault_id is None or bool(found)

    def strike(self, document: Document) -> Struck:
        """Spend the faults that match; the first one that takes the whole document hides those after it."""
        errors: dict[int, Fault] = {}
        whole: Fault | None = None
        latency = 0.0
        holds: list[Hold] = []
        for fault in list(self._faults.values()):
            hits = [at for at, request in enumerate(document.requests) if fault.strikes(request)]
            if not hits or (whole and fault.kind not in SLOW):
                continue
            if fault.kind == "error":
                errors.update(dict.fromkeys(hits[: fault.times], fault))
            elif fault.kind == "latency":
                latency += fault.seconds
            elif fault.kind == "hold":
                holds.append(self._holds[fault.id])
            else:
                whole = fault
            self._spend(fault, len(hits) if fault.kind == "error" else 1)
        return Struck(errors, whole, latency, tuple(holds))

    def _spend(self, fault: Fault, hits: int) -> None:
        if fault.times is not None:
            fault.times = max(0, fault.times - hits)
            if not fault.times:
                self._faults.pop(fault.id, None)


def _read(fault_id: str, wanted: Mapping[str, Any]) -> Fault:
    unknown = set(wanted) - {"command", "match", "kind", "code", "text", "times", "seconds"}
    kind, times, match = wanted.get("kind"), wanted.get("times"), wanted.get("match") or {}
    if unknown or kind not in KINDS:
        raise WrongFault(f"kind must be one of {', '.join(KINDS)}" if not unknown else f"unknown: {sorted(unknown)}")
    if times is not None and (not isinstance(times, int) or times < 1):
        raise WrongFault("times must be a positive integer or null")
    if not isinstance(match, dict):
        raise WrongFault("match must map element names to values")
    seconds = wanted.get("seconds", 60.0)
    if not isinstance(seconds, int | float) or seconds < 0:
        raise WrongFault("seconds must be a number")
    return Fault(
        id=fault_id,
        command=str(wanted.get("command", "*")),
        kind=cast("Kind", kind),
        match={str(name): str(value) for name, value in match.items()},
        code=str(wanted.get("code") or ""),
        text=str(wanted.get("text") or ""),
        times=times,
        seconds=float(seconds),
    )
