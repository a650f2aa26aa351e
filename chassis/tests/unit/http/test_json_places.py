"""Where a body is no JSON is told by line and column."""

import json

import pytest

from chassis.http.failures import not_json


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("{", "line 1, column 2"),
        ('{\n "a": 1,\n "b" 2}', "line 3, column 6"),
        ("", "line 1, column 1"),
        ("\n\nx", "line 3, column 1"),
    ],
)
def test_the_place_is_what_python_says(text: str, where: str) -> None:
    with pytest.raises(json.JSONDecodeError) as broken:
        json.loads(text)
    assert f"line {broken.value.lineno}, column {broken.value.colno}" == where
    problem = not_json(text, broken.value.pos, broken.value.msg)
    assert problem.status == 400
    assert problem.detail.startswith(f"At {where}: ")
    assert [one["pointer"] for one in problem.errors] == [""]
