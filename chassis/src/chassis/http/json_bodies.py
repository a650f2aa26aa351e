"""Reading a JSON body: what is none is said in words, before anybody looks at what is in it."""

import email.message
import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from starlette.requests import Request

from chassis.http.problems import Problem

JSON = "application/json"
READ_OF_STRANGERS = 16 * 1024  # bytes; asking for the key of every request twice would cost more
HALF_A_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")  # or both halves; what was read tells


class JsonRequest(Request):
    """Only what JSON is: Python's reader would take NaN, which no database of ours keeps as a number."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = read(await self.body())
        return self._json

    @property
    def is_streamed(self) -> bool:
        """Was its body read and not kept? Then it cannot be read again."""
        return self._stream_consumed and not hasattr(self, "_body")


def read(body: bytes) -> Any:
    """Raises json.JSONDecodeError for bad syntax, Problem 400 for what cannot be held, 422 for halves of characters."""
    try:
        value = json.loads(body.decode(), parse_constant=_no_number)
    except json.JSONDecodeError:
        raise
    except UnicodeDecodeError as error:
        raise _malformed(f"byte {error.start + 1} is no UTF-8; send UTF-8") from None
    except RecursionError:
        raise _malformed("it is nested too deeply") from None
    except ValueError:  # more digits than Python reads
        raise _malformed("a number has too many digits") from None
    if HALF_A_PAIR.search(body) and (found := list(_halves(value))):
        raise Problem(422, "invalid", "The request breaks a rule.", "Every fault is listed in `errors`.", errors=found)
    return value


def _malformed(cause: str) -> Problem:
    fault = {"pointer": "", "code": "malformed", "detail": cause}
    return Problem(400, "malformed", "The body is not JSON that can be read.", f"In the body, {cause}.", errors=[fault])


def _no_number(name: str) -> Any:
    raise _malformed(f"{name} is no number of JSON")


def _halves(value: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """A fault for every text that UTF-8 has no bytes for: it could be neither kept nor answered."""
    match value:
        case str() if not _is_whole(value):
            detail = f"an escape is half of a character (sent: {value[:200]!a}); send whole ones"
            yield {"pointer": pointer, "code": "half-a-character", "detail": detail}
        case list():
            for index, inner in enumerate(value):
                yield from _halves(inner, f"{pointer}/{index}")
        case dict():
            for name, inner in value.items():
                shown = name if _is_whole(name) else ascii(name)[1:-1]
                below = f"{pointer}/{shown.replace('~', '~0').replace('/', '~1')}"
                yield from _halves(name, below)
                yield from _halves(inner, below)


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def has_body(request: Request) -> bool:
    """Says the request that something comes?"""
    return "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0"


def is_large(request: Request) -> bool:
    """More than a stranger may have read: the key comes first. Also when the request does not say."""
    told = request.headers.get("content-length", "0")
    return "transfer-encoding" in request.headers or not (told.isdigit() and int(told) <= READ_OF_STRANGERS)


def require_kind(request: Request, kinds: Collection[str]) -> None:
    """Raises Problem 415 when the body says that it is of no kind that is read here, or does not say what it is."""
    said = request.headers.get("content-type", "")
    if said in kinds and "content-encoding" not in request.headers:  # the usual
        return
    message = email.message.Message()
    message["content-type"] = said
    kind = message.get_content_type() if said else ""
    if kind not in kinds and not (JSON in kinds and kind.startswith("application/") and kind.endswith("+json")):
        told = f"it says {said[:200]!r}" if said else "it does not say what it is"
        detail = f"Send it with the header `Content-Type: {' or '.join(kinds)}`; {told}."
        code, title = ("not-json", "JSON") if JSON in kinds else ("wrong-kind", " or ".join(kinds))
        raise Problem(415, code, f"The body is of another kind than {title}.", detail)
    packed = request.headers.get("content-encoding", "identity")
    if packed.lower() != "identity":
        detail = f"Send it as it is, without `Content-Encoding: {packed[:200]}`."
        raise Problem(415, "packed", "The body is compressed.", detail)
