"""Query parameters that nobody reads."""

from urllib.parse import urlencode

import httpx
import pytest

from testkit.http import client

from .toy import KEY, toy_api


async def get(query: str, key: str = KEY, path: str = "/notes") -> httpx.Response:
    async with client(toy_api(), key) as http:
        return await http.get(f"{path}?{query}")


async def test_an_unknown_parameter_is_named_with_its_value_and_the_nearest_known_first() -> None:
    answer = await get("limti=5&autor=ada")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "pointer": "/query/limti",
            "code": "unknown-parameter",
            "detail": "limti is not known here (sent: '5'); known are limit, title, tag, author",
        },
        {
            "pointer": "/query/autor",
            "code": "unknown-parameter",
            "detail": "autor is not known here (sent: 'ada'); known are author, tag, limit, title",
        },
    ]


async def test_a_path_without_parameters_takes_none() -> None:
    (fault,) = (await get("a/b=1", path="/notes/first")).json()["errors"]
    assert (fault["pointer"], fault["detail"]) == (
        "/query/a~1b",
        "a/b is not known here (sent: '1'); this path takes no parameters",
    )


async def test_a_parameter_that_is_one_cannot_be_given_twice() -> None:
    (fault,) = (await get("limit=1&limit=2")).json()["errors"]
    assert (fault["code"], fault["detail"]) == ("repeated-parameter", "limit can be given once (sent: '1', '2')")


@pytest.mark.parametrize("limit", ["1_0", " 1", "+1", "1.0", "x", "", "\u0661"])
async def test_a_number_is_written_in_digits_alone(limit: str) -> None:
    (fault,) = (await get(urlencode({"limit": limit}))).json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/query/limit", "not-a-whole-number")
    assert fault["detail"] == f"'{limit}' does not fit; expected a whole number, in digits alone, from 1 to 500"


@pytest.mark.parametrize(("limit", "code"), [("0", "too-small"), ("-1", "too-small"), ("501", "too-large")])
async def test_a_number_that_is_one_is_judged_by_its_bounds(limit: str, code: str) -> None:
    (fault,) = (await get(f"limit={limit}")).json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/query/limit", code)
    assert fault["detail"].endswith("expected a whole number, in digits alone, from 1 to 500")


async def test_a_filter_that_is_empty_would_find_nothing() -> None:
    (fault,) = (await get("title=")).json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/query/title", "empty")


async def test_a_list_can_be_given_twice() -> None:
    assert len((await get("tag=a&tag=b")).json()) == 2


@pytest.mark.parametrize("key", ["", "wrong"])
async def test_who_has_no_key_is_not_told_the_parameters(key: str) -> None:
    assert (await get("limti=5", key)).status_code == 401


async def test_the_schema_takes_no_parameters_either() -> None:
    assert (await get("x=1", path="/openapi.json")).status_code == 422


async def test_what_is_echoed_is_cut() -> None:
    answer = await get(f"{'n' * 3000}={'v' * 3000}")
    assert (answer.status_code, len(answer.content) < 1500) == (422, True)


@pytest.mark.parametrize(("key", "status"), [(KEY, 404), ("", 401), ("wrong", 401)])
async def test_a_name_longer_than_any_is_there_for_nobody_and_echoed_in_part(key: str, status: int) -> None:
    answer = await get("", key, f"/notes/{'x' * 60_000}")
    assert (answer.status_code, len(answer.content) < 1000) == (status, True)


async def test_the_longest_name_that_we_give_is_looked_for() -> None:
    assert (await get("", path=f"/notes/{'x' * 300}")).json() == {"text": "x" * 300, "weight": 0}
