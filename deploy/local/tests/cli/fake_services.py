"""A small HTTP service that answers what it is told to, and remembers what it was asked."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dialtone.stack import stackfile
from dialtone.stack.stackfile import Partner, Running, RunningBroker, Simulator, StackFile


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    key: str
    body: Any
    accept: str = ""


@dataclass
class FakeServices:
    """Stands in for every service at once: their paths differ. An answer is (status, body), or several in turn."""

    answers: dict[tuple[str, str], Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def answer(self, method: str, path: str, body: Any, status: int = 200) -> None:
        self.answers.setdefault((method, path), []).append((status, body))

    def refuse(self, method: str, path: str, status: int, **problem: Any) -> None:
        self.answer(method, path, {"type": "urn:x", "status": status, **problem}, status)

    def next_answer(self, asked: Asked) -> tuple[int, Any]:
        self.asked.append(asked)
        waiting = self.answers.get((asked.method, asked.path))
        if not waiting:
            return 404, {"title": "There is nothing here.", "detail": asked.path, "code": "not-found"}
        answer: tuple[int, Any] = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return answer

    def serve(self) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return server

    def write_down(self, folder: Path) -> None:
        """As if it were a stack that runs in this folder."""
        names = ("order-intake", "catalog", "did-inventory", "broadsoft-provisioner", "ticketing")
        keys = stackfile.read_keys(folder)
        running = StackFile(
            services={name: Running(url=self.url, pid=1) for name in names},
            broker=RunningBroker(kind="embedded", bootstrap="127.0.0.1:1", pid=1),
            database=dict.fromkeys(names, "postgresql://nobody@127.0.0.1:1/none"),
            postgres_pid=1,
            simulator=Simulator(url=self.url, pid=1, user="dialtone", password="dialtone"),
            operator=keys.operator.model_copy(update={"key": "the-operators-key"}),
            partner=Partner(id="p-1", name="Lakeside Telecom", key="the-partners-key"),
        )
        stackfile.write(folder, running)


def handler_of(services: FakeServices) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))

        def _answer(self, body: Any) -> None:
            where = urlsplit(self.path)
            key = self.headers.get("authorization", "").removeprefix("Bearer ")
            asked = Asked(self.command, where.path, parse_qs(where.query), key, body, self.headers.get("accept", ""))
            status, answer = services.next_answer(asked)
            text = answer if isinstance(answer, str) else json.dumps(answer)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
