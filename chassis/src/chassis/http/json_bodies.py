"""Reading a JSON body: what is none is said in words, before anybody looks at what is in it."""

from collections.abc import Collection
from typing import Any

from starlette.requests import Request

from chassis.http.problems import Problem, invalid, malformed
from contracts import content_types, documents

TITLES = {
    "not-json": "The body is of another kind than JSON.",
    "wrong-kind": "The body is of another kind than is read here.",
    "wrong-charset": "The body is in another charset than UTF-8.",
    "packed": "The body is compressed.",
}
READ_OF_STRANGERS = 16 * 1024  # bytes; asking for the key of every request twice would cost more


class JsonRequest(Request):
    """Only what JSON is, and only once."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = read(await self.body())
        return self._json

    @property
    def is_streamed(self) -> bool:
        """Was its body read and not kept? Then it cannot be read again."""
        return self._stream_consumed and not hasattr(self, "_body")


def read(body: bytes) -> Any:
    """Raises Problem 400 for what is no JSON, with the place, and 422 for doubled fields and what no database keeps."""
    try:
        value, flaws = documents.judged(body)
    except documents.Malformed as error:
        raise malformed(str(error)) from None
    if flaws:
        raise invalid([one._asdict() for one in flaws])
    return value


def has_body(request: Request) -> bool:
    """Says the request that something comes?"""
    return "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0"


def is_large(request: Request) -> bool:
    """More than a stranger may have read: the key comes first. Also when the request does not say."""
    told = request.headers.get("content-length", "0")
    return "transfer-encoding" in request.headers or not (told.isdigit() and int(told) <= READ_OF_STRANGERS)


def require_kind(request: Request, kinds: Collection[str]) -> None:
    """Raises Problem 415 when the body says that it is nothing that is read here, or does not say what it is."""
    said = request.headers.get("content-type", "")
    if said in kinds and "content-encoding" not in request.headers:  # the usual
        return
    wrong = content_types.fault(said, kinds) or content_types.packed(request.headers.get("content-encoding", ""))
    if wrong is not None:
        read_here = f"`Content-Type: {' or '.join(kinds)}`, in UTF-8 and as it is"
        raise Problem(415, wrong.code, TITLES[wrong.code], f"Send the body with {read_here}: {wrong.detail}.")
