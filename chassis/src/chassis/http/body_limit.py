"""How large a body may be: told before it is read where its length is given, and while it is read where it is not."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.http.problems import Problem, answer

MIB = 1 << 20


def shown(size: int) -> str:
    """As people say it."""
    return f"{size // MIB} MiB" if size >= MIB and size % MIB == 0 else f"{size:,} bytes"


def too_large(largest: int, told: int | None = None) -> Problem:
    """`told` is the length that the request gives itself."""
    sent = f"; {told:,} bytes were announced" if told is not None else ""
    return Problem(413, "too-large", "The body is too large.", f"At most {shown(largest)} are read here{sent}.")


class BodyLimit:
    """Middleware. `larger` are the limits of paths that take more (imports), by the beginning of the path.

    FastAPI has a limit of its own, which answers with text where a length is given, and not with a problem document.
    """

    def __init__(self, app: ASGIApp, largest: int, larger: Mapping[str, int]) -> None:
        self._app, self._largest = app, largest
        self._larger = sorted(larger.items(), key=lambda one: -len(one[0]))  # the closest beginning wins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        largest, told, read = self.limit_of(scope["path"]), length(scope), 0
        if told is not None and told > largest:
            return await answer(too_large(largest, told), Request(scope))(scope, receive, send)

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > largest:
                raise too_large(largest)
            return message

        return await self._app(scope, counted, send)

    def limit_of(self, path: str) -> int:
        """The most bytes that a body of this path may have."""
        for beginning, limit in self._larger:
            if path == beginning or path.startswith(f"{beginning.rstrip('/')}/"):
                return limit
        return self._largest


def length(scope: Scope) -> int | None:
    """What the request says of its body; a server has refused what is no number."""
    text = Headers(scope=scope).get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
