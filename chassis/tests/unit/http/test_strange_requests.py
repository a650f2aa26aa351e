"""What a request may be made of; each is a problem document and no fault of ours."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from fastapi import FastAPI

from testkit.http import client

from .toy import GOOD, KEY, toy_api

JSON = {"content-type": "application/json"}


async def ask(api: FastAPI, method: str, path: str, **options: Any) -> httpx.Response:
    async with client(api, KEY) as http:
        return await http.request(method, path, **options)


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


BODIES = {
    "nested deeply": (b"[" * 100_000 + b"]" * 100_000, "malformed"),
    "a number of 10,000 digits": (b'{"text":"a","weight":' + b"9" * 10_000 + b"}", "malformed"),
    "no UTF-8": (b'{"text":"\xff"}', "malformed"),
    "UTF-16": ('{"text":"a"}'.encode("utf-16"), "malformed"),
    "no JSON": (b"{", "malformed"),
    "not a number": (b'{"text":"a","weight":NaN}', "malformed"),
    "infinity": (b'{"text":"a","weight":1e999}', "malformed"),
    "half a surrogate pair": (b'{"text":"\\ud800"}', "invalid"),
    "half a surrogate pair as a name": (b'{"\\ud800":1, "text": 5}', "invalid"),
    "a list": (b"[]", "invalid"),
    "null": (b"null", "invalid"),
    "nothing": (b"", "invalid"),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_body(name: str) -> None:
    body, expected = BODIES[name]
    status = 400 if expected == "malformed" else 422
    assert code(await ask(toy_api(), "POST", "/notes", content=body, headers=JSON)) == (status, expected)


async def test_half_a_character_is_told_where_it_is() -> None:
    body = b'{"text":"a","more":[{"a/b":"x\\udC00"}]}'
    answer = await ask(toy_api(), "POST", "/notes", content=body, headers=JSON)
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["pointer"], fault["code"]) == (422, "/more/0/a~1b", "not-unicode")


async def test_a_field_that_stands_twice_anywhere_is_told_where_it_is() -> None:
    body = b'{"text":"a","text":"b","more":[{"a/b":1,"x":{"y":1,"y":2},"a/b":1}]}'
    answer = await ask(toy_api(), "POST", "/notes", content=body, headers=JSON)
    found = [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]
    assert (answer.status_code, found) == (
        422,
        [("/text", "twice"), ("/more/0/a~1b", "twice"), ("/more/0/x/y", "twice")],
    )


async def test_a_whole_pair_is_a_character() -> None:
    answer = await ask(toy_api(), "POST", "/notes", content=b'{"text":"\\ud83d\\ude00"}', headers=JSON)
    assert answer.json()["text"] == "\U0001f600"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "json", "", "ä/b"]
)
async def test_a_body_of_another_kind_is_415_in_words(kind: str) -> None:
    headers = {b"content-type": kind.encode()} if kind else {}
    answer = await ask(toy_api(), "POST", "/notes", content=b'{"text":"a"}', headers=headers)
    assert code(answer) == (415, "not-json")
    assert "`Content-Type: application/json`" in answer.json()["detail"]


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]
)
async def test_json_has_several_names(kind: str) -> None:
    answer = await ask(toy_api(), "POST", "/notes", content=b'{"text":"a"}', headers={"content-type": kind})
    assert answer.status_code == 201


@pytest.mark.parametrize("named", ["charset=latin-1", "charset*=us-ascii'en'latin-1", "charset=utf-8; charset=latin-1"])
async def test_a_body_in_another_charset_is_415_in_words(named: str) -> None:
    headers = {"content-type": f"application/json; {named}"}
    answer = await ask(toy_api(), "POST", "/notes", content=b'{"text":"a"}', headers=headers)
    assert code(answer) == (415, "wrong-charset")
    assert "it says charset=latin-1; expected UTF-8" in answer.json()["detail"]


async def test_a_packed_body_is_415() -> None:
    headers = {**JSON, "content-encoding": "gzip"}
    assert code(await ask(toy_api(), "POST", "/notes", content=b"{}", headers=headers)) == (415, "packed")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "DELETE", "TRACE", "BREW"])
async def test_a_method_that_is_not_there(method: str) -> None:
    answer = await ask(toy_api(), method, "/notes")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"
    if method != "HEAD":
        assert answer.json()["detail"] == f"'{method}' is not taken on this path; it takes GET, POST."
    assert answer.headers["content-type"] == "application/problem+json"


PATHS = {
    "/notes/%zz": (400, "bad-address"),
    "/notes/%": (400, "bad-address"),
    "/notes/%00": (400, "bad-address"),
    "/notes/%ff": (400, "bad-address"),
    "/notes?author=%00": (400, "bad-address"),
    "/notes?author=%e4": (400, "bad-address"),
    "/notes/": (404, "not-found"),
    "//notes": (404, "not-found"),
    "/nothing": (404, "not-found"),
}


async def test_a_path_that_is_not_there_is_told_where_the_others_are() -> None:
    answer = await ask(toy_api(), "GET", "/nothing")
    assert answer.json()["detail"] == "No path is '/nothing'; `/openapi.json` has all there are."


@pytest.mark.parametrize("path", PATHS)
async def test_an_address(path: str) -> None:
    written, _, query = path.partition("?")
    answered = await raw(toy_api(), written.encode(), query.encode())
    assert (answered[0], answered[1]["code"]) == PATHS[path]


@pytest.mark.parametrize("hosts", [[], [b""], [b"a b"], [b"[::1"], [b"a", b"b"], [b"a/b"], [b"\xff"], [b"a:123456"]])
async def test_a_host_that_is_none(hosts: list[bytes]) -> None:
    status, body = await raw(toy_api(), b"/notes", hosts=hosts)
    assert (status, body["code"]) == (400, "bad-host")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Authorization", ["Bearer another"]),
        ("Authorization", [GOOD["authorization"]]),
        ("On-Behalf-Of", ["Ada", "Bea"]),
        ("Content-Type", ["application/json", "application/json"]),
        ("Content-Length", ["1", "2"]),
        ("Content-Encoding", ["identity", "gzip"]),
    ],
)
async def test_a_header_that_decides_something_and_comes_twice_is_told_without_its_values(
    name: str, values: list[str]
) -> None:
    """Whichever of them one takes, the other was meant too. The first key counted before."""
    status, body = await raw(toy_api(), b"/notes", more=[(name.lower(), value) for value in values])
    assert (status, body["code"]) == (400, "repeated-header")
    assert body["detail"] == f"The header {name} comes 2 times; send it once."


async def test_other_headers_may_come_twice() -> None:
    more = [("accept", "application/json"), ("accept", "*/*"), ("x-forwarded-for", "a"), ("x-forwarded-for", "b")]
    assert (await raw(toy_api(), b"/notes", more=more))[0] == 200


@pytest.mark.parametrize("accept", ["", "*", "text/html;q=x", "a" * 10_000, "\u00e4"])
async def test_what_somebody_would_like_to_read_changes_nothing(accept: str) -> None:
    assert (await ask(toy_api(), "GET", "/notes", headers={b"accept": accept.encode()})).status_code == 200


async def test_a_client_that_leaves_is_answered_nothing() -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = scope_of(b"/notes", b"", [b"service"]) | {"method": "POST"}
    scope["headers"] += [(b"content-type", b"application/json"), (b"content-length", b"10")]
    await toy_api()(scope, receive, send)
    assert sent == []


def scope_of(path: bytes, query: bytes, hosts: list[bytes]) -> dict[str, Any]:
    """What a server says of a request."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(path.decode()),
        "raw_path": path,
        "query_string": query,
        "headers": [*((b"host", host) for host in hosts), (b"authorization", GOOD["authorization"].encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "state": {},
    }


async def raw(
    api: FastAPI,
    path: bytes,
    query: bytes = b"",
    hosts: list[bytes] | None = None,
    more: Sequence[tuple[str, str]] = (),
) -> tuple[int, Any]:
    """As a server hands it over, without a client that puts it right; `more` are headers."""
    sent: list[Any] = []
    scope = scope_of(path, query, [b"service"] if hosts is None else hosts)
    scope["headers"] += [(name.encode(), value.encode()) for name, value in more]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await api(scope, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])
