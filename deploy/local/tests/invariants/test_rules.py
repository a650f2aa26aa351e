"""Every rule: a world in which all hold, and one small change for each sentence that breaks one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialtone.invariants import rules
from dialtone.invariants.snapshot import Snapshot

from .broken import (
    billing,
    broadworks,
    ending,
    ledger,
    numbers,
    partners,
    people,
    promises,
    proof,
    running,
    shared,
    told,
)
from .changes import Break, broken
from .made import NOW
from .world import a_world

BREAKS = [
    *numbers.BREAKS,
    *broadworks.BREAKS,
    *shared.BREAKS,
    *billing.BREAKS,
    *billing.DATES,
    *billing.DELIVERED,
    *billing.NUMBERS,
    *proof.BREAKS,
    *proof.DATES,
    *proof.NUMBERS,
    *told.BREAKS,
    *ledger.BREAKS,
    *running.BREAKS,
    *ending.BREAKS,
    *ending.UNREAD,
    *partners.BREAKS,
    *people.BREAKS,
    *promises.BREAKS,
    *promises.RINGING,
]


def test_in_an_orderly_world_every_rule_holds() -> None:
    assert broken(a_world()) == {}


def test_in_an_empty_world_every_rule_holds() -> None:
    assert broken(Snapshot(taken_at=NOW, orders={}, settled=set(), published=[], unread={})) == {}


@pytest.mark.parametrize("one", BREAKS, ids=[f"{at} {one.sentence}" for at, one in enumerate(BREAKS)])
def test_what_breaks_a_rule_is_told_in_its_sentence(one: Break) -> None:
    at = a_world()
    one.change(at)
    assert broken(at).get(one.rule) == [one.sentence]


def sentences() -> Iterator[tuple[str, str]]:
    """Every sentence that a rule can say, as it is written there and as a pattern."""
    for module in Path(rules.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            match node:
                case ast.Yield(value=ast.JoinedStr(values=values)):
                    parts = [re.escape(str(one.value)) if isinstance(one, ast.Constant) else ".+" for one in values]
                    yield f"{module.name}: {ast.unparse(node)}", "".join(parts)
                case ast.Yield(value=ast.Constant(value=str(sentence))):
                    yield f"{module.name}: {sentence}", re.escape(sentence)


def test_every_sentence_of_every_rule_is_broken_here() -> None:
    told = [one.sentence for one in BREAKS]
    silent = [written for written, pattern in sentences() if not any(re.fullmatch(pattern, one) for one in told)]
    assert len(list(sentences())) > 50
    assert silent == []


def test_every_rule_is_broken_here() -> None:
    assert {one.rule for one in BREAKS} == {rule.name for rule in rules.RULES}
