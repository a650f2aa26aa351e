"""What a request may make us do is bounded: for who has no key by what was sent, and for words by what is listed."""

import json
from collections import Counter
from difflib import SequenceMatcher

import httpx
from starlette.datastructures import QueryParams

from contracts.bounds import FAULTS
from contracts.faults import MOST_GUESSES, fields_at, shown
from testkit.http import client
from testkit.work import counted

from .toy import KEY, toy_api

MANY = 5_000  # as many parameters as fit into an address
QUERY = "&".join(f"{number:x}=" for number in range(MANY))
PATH = "/unsendable/u-1/release"  # of the toy's routes the one with a closed body


async def work(query: str, key: str = "") -> tuple[httpx.Response, Counter[str]]:
    async with client(toy_api(), key) as http:
        await http.get("/notes?first=1")  # what is made once
        with counted(SequenceMatcher.ratio, QueryParams.getlist) as calls:
            return await http.get(f"/notes?{query}"), calls


async def test_a_stranger_with_many_parameters_costs_no_guess_and_no_word() -> None:
    few, of_few = await work("1=1")
    many, of_many = await work(QUERY)
    assert (few.status_code, many.status_code, many.json()["code"]) == (401, 401, "no-key")
    assert (of_many["ratio"], of_many["getlist"]) == (0, 0)
    assert of_many[""] - of_few[""] < 60 * MANY, "the client that writes them and the reading cost that much"


async def test_the_parameters_of_who_has_a_key_are_all_counted_and_a_hundred_told() -> None:
    answer, calls = await work(QUERY, KEY)
    errors = answer.json()["errors"]
    assert (answer.status_code, len(errors)) == (422, FAULTS)
    assert errors[-1]["detail"] == f"{MANY - FAULTS + 1} more faults are not listed"
    assert calls["ratio"] <= MOST_GUESSES * len(("limit", "author", "title", "tag"))
    assert calls["getlist"] == 0


async def test_a_parameter_that_stands_very_often_is_one_fault() -> None:
    answer, _ = await work("&".join(["limit=1"] * MANY), KEY)
    (fault,) = answer.json()["errors"]
    assert fault["code"] == "repeated-parameter"


async def test_only_faults_that_are_listed_are_put_in_words() -> None:
    body = json.dumps({f"wh{number}": 1 for number in range(MANY)})
    async with client(toy_api(), KEY) as http:
        with counted(SequenceMatcher.ratio, fields_at, shown) as calls:
            answer = await http.post(PATH, content=body, headers={"content-type": "application/json"})
    errors = answer.json()["errors"]
    assert (answer.status_code, len(errors)) == (422, FAULTS)
    assert errors[-1]["detail"] == f"{MANY + 1 - FAULTS + 1} more faults are not listed", "`why` is missing as well"
    assert calls["fields_at"] <= FAULTS
    assert calls["shown"] <= FAULTS
    assert calls["ratio"] <= MOST_GUESSES


async def test_flaws_of_many_texts_are_counted_and_a_hundred_told() -> None:
    body = json.dumps({"text": "a", "more": ["\0"] * MANY})
    async with client(toy_api(), KEY) as http:
        with counted(shown) as calls:
            answer = await http.post("/notes", content=body, headers={"content-type": "application/json"})
    assert answer.json()["errors"][-1]["detail"] == f"{MANY - FAULTS + 1} more faults are not listed"
    assert calls["shown"] <= FAULTS
