"""Business time: what date it is for orders, gates, holds, aging, billing and due dates.

It may run ahead of real time by a setting, or by a file that is changed meanwhile, for demonstrations and tests.
Deadlines, retries and leases use real time.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError

NOTHING = timedelta(0)
_LENGTH: TypeAdapter[timedelta] = TypeAdapter(timedelta)
log = structlog.get_logger()


class MovedBy:
    """A length of time in a file (ISO 8601 such as P35D), read again when the file is another one.

    None while there is no file. What is no length of time changes nothing, and is told once.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_at: int | None = None
        self._by = NOTHING

    def by(self) -> timedelta:
        try:
            written_at = self._file.stat().st_mtime_ns
            if written_at != self._read_at:
                self._read_at = written_at
                self._by = _LENGTH.validate_python(self._file.read_text().strip())
        except FileNotFoundError:
            self._read_at, self._by = None, NOTHING
        except (OSError, ValidationError) as error:
            log.warning("business time is not moved by what is no length of time", file=str(self._file), error=error)
        return self._by


@dataclass(frozen=True, slots=True)
class Clock:
    """`always` is how far business time is ahead of real time, before it is `moved`; zero in production."""

    always: timedelta = NOTHING
    moved: MovedBy | None = field(default=None, compare=False)

    @property
    def ahead(self) -> timedelta:
        """How far business time is ahead of real time at present."""
        return self.always + self.moved.by() if self.moved else self.always

    def now(self) -> datetime:
        """The present moment of business time, aware, in UTC."""
        return datetime.now(UTC) + self.ahead
