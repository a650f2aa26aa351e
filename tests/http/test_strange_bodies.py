"""Bodies that are hard to read, sent to every operation of every service that takes one."""

import httpx
import pytest

from chassis.http import openapi
from tests.http.operations import JSON, NAMES, kinds, operations
from tests.http.services import PACKAGES, key_for, served

BODIES: dict[str, bytes] = {
    "nested deeply": b"[" * 100_000 + b"]" * 100_000,
    "nested deeply in a field": b'{"why":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
    "a number of 10,000 digits": b'{"count":' + b"9" * 10_000 + b"}",
    "no UTF-8": b'{"why":"\xff"}',
    "UTF-16": '{"why":"a"}'.encode("utf-16"),
    "no JSON": b"{",
    "nothing": b"",
    "half a character": b'{"why":"\\ud800","reason":"\\ud800","name":"\\ud800","text":"\\ud800"}',
    "NUL": b'{"why":"\\u0000","reason":"\\u0000","name":"\\u0000","text":"\\u0000"}',
    "not a number": b'{"count":NaN,"outcome":NaN}',
    "a list": b"[1]",
    "a text": b'"a"',
}


@pytest.mark.parametrize("package", PACKAGES)
async def test_no_body_is_a_fault_of_ours(package: str, urls: dict[str, str]) -> None:
    async with served(package, urls[package]) as service, httpx.AsyncClient(trust_env=False, timeout=60) as http:
        taking = [one for one in operations(openapi.document(service.api)) if JSON in kinds(one[2])]
        for method, path, _ in taking:
            where, key = service.url + path.format(**NAMES), await key_for(http, service, method, path)
            headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
            for name, body in BODIES.items():
                answer = await http.request(method, where, content=body, headers=headers)
                told = f"{method} {path}, {name}: {answer.status_code} {answer.text[:300]}"
                assert 400 <= answer.status_code < 500, told
                assert answer.headers["content-type"] == "application/problem+json", told
            plain = await http.request(method, where, content=b"{}", headers={**headers, "content-type": "text/plain"})
            assert (plain.status_code, plain.json()["code"]) == (415, "not-json"), f"{method} {path}"
            large = await http.request(method, where, content=b" " * (5 << 20), headers=headers)
            assert (large.status_code, large.json()["code"]) == (413, "too-large"), f"{method} {path}"
            stranger = await http.request(method, where, content=b"{", headers={"content-type": "text/plain"})
            assert stranger.status_code == 401, f"{method} {path} reads the body of a stranger"
