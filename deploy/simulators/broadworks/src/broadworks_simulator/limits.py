"""A token bucket: as many requests per second as the settings allow, with one second of burst."""

from dataclasses import dataclass


@dataclass
class RateLimit:
    _tokens: float = 0.0
    _last: float | None = None

    def admits(self, rate: float | None, now: float) -> bool:
        if rate is None:
            self._last = None
            return True
        since = 1.0 if self._last is None else now - self._last
        self._tokens = min(max(rate, 1.0), self._tokens + since * rate)
        self._last = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True
