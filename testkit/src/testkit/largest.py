"""The largest legal instance of a message, made from its model: each text, list and number at its bound.

Texts are of the character that JSON makes longest (six bytes), or of the widest that their pattern takes.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import to_json

from contracts.bounds import EARLIEST, HIGHEST, IDENTIFIER, LATEST, MESSAGE_ID, NAME, SHORT
from contracts.envelope import Envelope
from contracts.message import Message

M = TypeVar("M", bound=Message)
T = TypeVar("T")
WIDEST_FIRST = ("\x01", "\U0010ffff", '"', "~", "Z", "9")
WIDE = "\U0010ffff"  # four bytes, the most that a header makes of a character
# The longest texts of patterns that say themselves how long a text is.
LONGEST_OF = {
    r"^\+1[2-9][0-9]{9}$": "+19999999999",
    r"^[2-9][0-9]{2}$": "999",
    r"^[0-9a-f]{64}$": "f" * 64,
    r"^[A-Z]{2}$": "ZZ",
    r"^[0-9]{5}(-[0-9]{4})?$": "99999-9999",
}
PLAIN: dict[Any, Any] = {bool: False, NoneType: None}
FAR_WEST = timezone(-timedelta(hours=23, minutes=59))  # an offset that is as long as any
BATCH = 61 + 36  # the head of a record batch (version 2), and the lengths and differences of its one record
PER_HEADER = 10


def largest(model: type[M]) -> M:
    """Raises ValueError naming the fields that have no bound, ValidationError if the instance is not legal."""
    filling = Filling()
    values = filling.model(model, model.__name__)
    if filling.unbounded:
        raise ValueError(f"without a bound: {', '.join(filling.unbounded)}")
    return model.model_validate(values)


def unbounded(model: type[BaseModel]) -> list[str]:
    """The paths of texts, lists and numbers without a bound, in the model and all that it is made of."""
    filling = Filling()
    filling.model(model, model.__name__)
    return filling.unbounded


def longest_envelope(model: type[Message]) -> Envelope:
    """What our services write, and a portal's signature, with the longest ids."""
    return Envelope(
        id=WIDE * MESSAGE_ID,
        type=model.ce_type,
        source=WIDE * SHORT,
        key=WIDE * IDENTIFIER,
        time=datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC),
        causation=WIDE * MESSAGE_ID,
        saga=f"{WIDE * IDENTIFIER}:{HIGHEST}",
        step=WIDE * NAME,
        direction="undo",
        traceparent=f"00-{'f' * 32}-{'f' * 16}-01",
        extra={"partnerkey": WIDE * IDENTIFIER, "signature": f"t={'9' * 12},v1={'f' * 64}", "tracestate": "v" * 512},
    )


def record_bytes(value: bytes, envelope: Envelope) -> int:
    """What a broker counts of a batch of this one record, uncompressed."""
    headers = [len(part.encode()) for header in envelope.headers().items() for part in header]
    return BATCH + len(envelope.key.encode()) + len(value) + sum(headers) + PER_HEADER * len(headers) // 2


@dataclass(slots=True)
class Filling:
    """Walks models and collects what has no bound, so that all of it is told at once."""

    unbounded: list[str] = field(default_factory=list)

    def model(self, model: type[BaseModel], path: str) -> dict[str, Any]:
        return {
            name: self.value(info.annotation, info.metadata, f"{path}.{name}")
            for name, info in model.model_fields.items()
        }

    def value(self, kind: Any, metadata: Iterable[Any], path: str) -> Any:
        while get_origin(kind) is Annotated:
            kind, *inner = get_args(kind)
            metadata = [*metadata, *inner]
        origin, parts = get_origin(kind), get_args(kind)
        if origin is Literal:
            return max(parts, key=_encoded)
        if origin in (Union, UnionType):
            return max((self.value(part, metadata, path) for part in parts), key=_encoded)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return self.model(kind, path)
        if kind in PLAIN:
            return PLAIN[kind]
        limits = limits_of(metadata)
        if origin in (tuple, list):
            one = self.value(parts[0], (), f"{path}[]")
            return (one,) * self._bounded(limits, ("max_length",), path)
        return self._plain(kind, limits, path)

    def _plain(self, kind: Any, limits: Mapping[str, Any], path: str) -> Any:
        if kind is str and limits.get("pattern") in LONGEST_OF:
            return LONGEST_OF[limits["pattern"]]
        if kind is str:
            return self._text(self._bounded(limits, ("max_length",), path), limits.get("pattern"), path)
        if kind is int:
            self._bounded(limits, ("ge", "le"), path)
            self._kept(limits, -HIGHEST, HIGHEST, path)
            return max((limits.get("ge", 0), limits.get("le", 0)), key=_encoded)
        if kind is date:
            self._kept(limits, EARLIEST.date(), LATEST.date(), path)
            return self._last(limits, LATEST.date(), path)
        if kind in (datetime, AwareDatetime):
            self._kept(limits, EARLIEST, LATEST, path)
            return (self._last(limits, LATEST, path) - timedelta(microseconds=1)).astimezone(FAR_WEST)
        if kind is Decimal:
            return Decimal("-0." + "9" * self._bounded(limits, ("max_digits",), path))
        self.unbounded.append(f"{path}: {kind} has no rule in testkit/largest.py")
        return None

    def _text(self, length: int, pattern: str | None, path: str) -> str:
        texts = [character * length for character in WIDEST_FIRST]
        fitting = [text for text in texts if pattern is None or re.fullmatch(pattern, text)]
        if not fitting:
            self.unbounded.append(f"{path}: the pattern {pattern} has no rule in testkit/largest.py")
        return next(iter(fitting), "")

    def _last(self, limits: Mapping[str, Any], otherwise: T, path: str) -> T:
        """The last day or moment; where an end is missing the path is noted."""
        self._needs(limits, ("ge", "le"), path)
        found: T = limits.get("le", otherwise)
        return found

    def _bounded(self, limits: Mapping[str, Any], names: tuple[str, ...], path: str) -> int:
        """The last of the limits; where one is missing the path is noted, and a small value does."""
        return int(limits[names[-1]]) if self._needs(limits, names, path) else 1

    def _kept(self, limits: Mapping[str, Any], first: Any, last: Any, path: str) -> None:
        """A bound beyond what a column keeps is none."""
        if limits.get("ge", first) < first or limits.get("le", last) > last:
            self.unbounded.append(f"{path}: no column keeps all of it")

    def _needs(self, limits: Mapping[str, Any], names: tuple[str, ...], path: str) -> bool:
        missing = [name for name in names if name not in limits]
        if missing:
            self.unbounded.append(f"{path}: no {' and no '.join(missing)}")
        return not missing


def limits_of(metadata: Iterable[Any]) -> dict[str, Any]:
    """What pydantic holds a value to, by name, however it was written down."""
    found: dict[str, Any] = {}
    for one in metadata:
        if isinstance(one, FieldInfo):
            found |= limits_of(one.metadata)
        for name in ("max_length", "pattern", "ge", "le", "max_digits"):
            limit = getattr(one, name, None)
            if limit is not None:
                found[name] = limit
    return found


def _encoded(value: Any) -> int:
    return len(to_json(value))
