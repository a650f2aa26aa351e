"""Which deployment a command talks to: the options, the environment, or the stack that runs in this folder."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Annotated, Any

import httpx
import typer

from dialtone.cli.output import fail
from dialtone.cli.reading import stack_in

Folder = Annotated[Path, typer.Option("--folder", help="folder of the local stack", envvar="DIALTONE_FOLDER")]


def _or_before(context: typer.Context, value: str | None) -> str | None:
    """What stands before the command counts where none stands after it, and more than the environment."""
    before: str | None = context.find_root().params.get("url")
    source = context.get_parameter_source("url")
    is_given = source is not None and source.name == "COMMANDLINE"
    return value if before is None or is_given else before


Url = Annotated[
    str | None,
    typer.Option("--url", help="URL of order-intake", envvar="DIALTONE_URL", callback=_or_before),
]
TicketingUrl = Annotated[
    str | None,
    typer.Option("--url", help="URL of ticketing", envvar="DIALTONE_TICKETING_URL", callback=_or_before),
]
CatalogUrl = Annotated[
    str | None,
    typer.Option("--url", help="URL of catalog", envvar="DIALTONE_CATALOG_URL", callback=_or_before),
]
IntakeUrl = Annotated[
    str | None, typer.Option("--intake-url", help="URL of order-intake, beside that of catalog", envvar="DIALTONE_URL")
]
UrlBefore = Annotated[str | None, typer.Option("--url", help="URL of the service that the command asks")]
Json = Annotated[bool, typer.Option("--json", help="print JSON instead of tables")]
FOLDER = Path(".dialtone")
KEY_VARIABLE = "DIALTONE_KEY"
WHOLE = '""'  # the pointer of the whole document (RFC 6901); `/` would be that of a field without a name
PATIENCE = 30  # seconds for an answer
NEXT = {
    "no-such-order": "List them with: dialtone orders list",
    "no-such-dead-letter": "List them with: dialtone dead-letters list",
    "no-such-partner": "List them with: dialtone partners list",
    "no-such-key": "List them with: dialtone keys list",
    "unknown-ticket": "List them with: dialtone tickets list",
    "no-such-posting": "List them with: dialtone billing lines",
}


@dataclass(frozen=True)
class Target:
    """One service, and the key to talk to it with. Keys come from the environment, never from arguments."""

    url: str
    key: str

    def call(self, method: str, path: str, *, places: Mapping[str, str] | None = None, **options: Any) -> Any:
        """The JSON answer. Ends the command with the problem's own words when there is one.

        `places` says where people find what a pointer into the body means.
        """
        with self._reaching():
            answer = httpx.request(method, self.url + path, **self._how(), **options)
        if not answer.is_success:
            fail(explain(answer, places or {}))
        return answer.json() if answer.content else None

    def copy(self, path: str, accept: str, file: IO[bytes], **options: Any) -> None:
        """What is answered in another form than JSON, as it comes: it may be long. Ends the command as `call` does."""
        with (
            self._reaching(),
            httpx.stream("GET", self.url + path, **self._how(accept=accept), **options) as answer,
        ):
            if not answer.is_success:
                answer.read()
                fail(explain(answer, {}))
            for piece in answer.iter_bytes():
                file.write(piece)

    def _how(self, **headers: str) -> dict[str, Any]:
        return {
            "headers": {"authorization": f"Bearer {self.key}", **headers},
            "timeout": PATIENCE,
            "trust_env": False,
        }

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except (httpx.UnsupportedProtocol, httpx.InvalidURL):
            fail(f"{self.url!r} is no URL of a service; expected one such as http://127.0.0.1:8101", 2)
        except httpx.TransportError as error:
            fail(f"{_silence(self.url, error)}. Is the stack up? Start it with: dialtone up")


def _silence(url: str, error: httpx.TransportError) -> str:
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return f"Nothing answers at {url}"
        case httpx.TimeoutException():
            return f"{url} has not answered within {PATIENCE} s"
    return f"{url} went away before it had answered"


def explain(answer: httpx.Response, places: Mapping[str, str]) -> str:
    """The problem document (RFC 9457) in a sentence, and every fault with its pointer on a line of its own."""
    try:
        problem = answer.json()
    except ValueError:
        return f"{answer.request.url} answered {answer.status_code}."
    faults = [f"  {_place(one['pointer'], places)}: {one['detail']}" for one in problem.get("errors", [])]
    detail = NEXT.get(problem.get("code"), problem.get("detail", ""))
    return "\n".join([f"{problem.get('title', '')} {detail}".strip(), *faults])


def _place(pointer: str, places: Mapping[str, str]) -> str:
    """`line 7 /kind` where the body was made of a file's lines, else the pointer itself."""
    above, _, last = pointer.rpartition("/")
    if pointer in places:
        return places[pointer]
    return f"{places[above]} /{last}" if above in places else pointer or WHOLE


def target(folder: Path, url: str | None, service: str, *, operator: bool) -> Target:
    """The service of a deployment: `--url` with DIALTONE_KEY, else the local stack with its demo partner's key."""
    key = os.environ.get(KEY_VARIABLE, "")
    if url is not None:
        if not key:
            fail(f"Set {KEY_VARIABLE} to the key of a partner or an operator.", 2)
        return Target(url.rstrip("/"), key)
    running = stack_in(folder)
    if running is None:
        fail(f"No stack runs in {folder}. Start one with: dialtone up (or give --url and {KEY_VARIABLE})")
    partner = running.partner.key if running.partner else running.operator.key
    return Target(running.services[service].url, key or (running.operator.key if operator else partner))
