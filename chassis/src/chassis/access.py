"""Operators: people of ours with a key. What they do is written down under their name."""

import hashlib
import hmac

from fastapi import Request

from chassis.problems import Problem


def sha256(key: str) -> str:
    """Keys are long and random, so one round of SHA-256 is enough to keep them out of the database."""
    return hashlib.sha256(key.encode()).hexdigest()


def bearer(request: Request) -> str:
    """The key of the request. Raises Problem 401."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise Problem(
            401,
            "no-key",
            "A key is needed.",
            "Send the header `Authorization: Bearer <key>`.",
            headers={"www-authenticate": "Bearer"},
        )
    return key.strip()


class Operators:
    """A FastAPI dependency: the name of the operator whose key the request carries. Raises Problem 401."""

    def __init__(self, keys: dict[str, str]) -> None:
        self._keys = keys

    def find(self, key: str) -> str | None:
        digest = sha256(key)
        for name, known in self._keys.items():
            if hmac.compare_digest(digest, known):
                return name
        return None

    async def __call__(self, request: Request) -> str:
        name = self.find(bearer(request))
        if name is None:
            raise Problem(401, "unknown-key", "This is no operator's key.", "Ask operations for one.")
        return name
