"""Sessions: a cookie of ours and a session id of the client's, good only as a pair."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from broadworks_simulator.settings import Settings


class Refused(Exception):
    """The session id is in use under another cookie."""


class Full(Exception):
    """There are as many sessions as the settings allow."""


def _nonce() -> str:
    return str(secrets.randbelow(9 * 10**12) + 10**12)


@dataclass(slots=True)
class Session:
    cookie: str
    session_id: str
    last_used: float
    user: str | None = None
    nonce: str | None = None


@dataclass
class Sessions:
    settings: Settings
    new_nonce: Callable[[], str] = _nonce
    new_cookie: Callable[[], str] = field(default=lambda: secrets.token_hex(16).upper())
    _by_id: dict[str, Session] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._by_id)

    def find(self, cookie: str | None, session_id: str, now: float) -> Session | None:
        session = self._by_id.get(session_id)
        if session is None or session.cookie != cookie:
            return None
        if self._is_idle(session, now):
            self.drop(session)
            return None
        session.last_used = now
        return session

    def open(self, session_id: str, now: float) -> Session:
        """A new pair, not logged in yet."""
        for session in [session for session in self._by_id.values() if self._is_idle(session, now)]:
            self.drop(session)
        if session_id in self._by_id:
            raise Refused
        if self.settings.max_sessions is not None and len(self._by_id) >= self.settings.max_sessions:
            raise Full
        session = self._by_id[session_id] = Session(self.new_cookie(), session_id, now)
        return session

    def drop(self, session: Session) -> None:
        self._by_id.pop(session.session_id, None)

    def _is_idle(self, session: Session, now: float) -> bool:
        return now - session.last_used > self.settings.session_idle_seconds
