"""Records that nobody reads are told of, whoever else is well."""

from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended
from dialtone.invariants.checker import check_folder
from dialtone.stack.stack import Stack
from tests.pipeline import forms


async def test_what_lies_unread_while_a_service_is_away_breaks_a_rule_and_nothing_else(
    stack: Stack, actors: Actors, enterprise: str
) -> None:
    await stack.kill("ticketing")
    order_id = await actors.submit(forms.hosted(enterprise))
    await actors.until(order_id, lambda order: any(line["step"] == "open tickets" for line in order["timeline"]))
    report = await check_folder(stack.folder)
    await stack.start_service("ticketing")
    told = [one for one in report.broken() if one.startswith("5b")]
    assert [one.partition(" records of ")[2] for one in told] == ["tickets.commands"]
    assert told[0].startswith("5b. ticketing has not read ")
    await actors.until(order_id, ended)
