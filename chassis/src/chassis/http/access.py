"""Operators: people of ours with a key. What they do is written down under their name."""

import hashlib
import hmac
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from chassis.http.problems import Problem
from chassis.http.security import Bearer
from chassis.messaging.unit import Units

T = TypeVar("T")


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
    """The operators of a deployment: `keys` are names with the SHA-256 (hex) of each one's key."""

    def __init__(self, keys: dict[str, str]) -> None:
        self._keys = keys

    def find(self, key: str) -> str | None:
        """The name of the operator with this key."""
        digest = sha256(key)
        for name, known in self._keys.items():
            if hmac.compare_digest(digest, known):
                return name
        return None


def of_state(request: Request, name: str, kind: type[T]) -> T:
    """What the composition root has given the API under this name."""
    found = getattr(request.app.state, name)
    assert isinstance(found, kind)
    return found


async def operator(request: Request, _: Bearer) -> str:
    """A FastAPI dependency: the name of the operator whose key the request carries. Raises Problem 401."""
    name = of_state(request, "operators", Operators).find(bearer(request))
    if name is None:
        raise Problem(401, "unknown-key", "This is no operator's key.", "Ask operations for one.")
    return name


def units(request: Request) -> Units:
    """A FastAPI dependency: where the units of work of the service begin."""
    return of_state(request, "units", Units)


Operator = Annotated[str, Depends(operator)]
Work = Annotated[Units, Depends(units)]
