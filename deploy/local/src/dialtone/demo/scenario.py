"""The demonstration: four orders, one of which fails half-way, is taken back, found as a dead letter and replayed.

Then business time moves on by a month, and the first order is billed for the next one.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from dialtone.cli.invariants import print_report
from dialtone.cli.orders import print_order
from dialtone.cli.output import as_json, out, say
from dialtone.demo import forms
from dialtone.demo.actors import Actors
from dialtone.demo.leftovers import left_by, print_leftovers, print_postings
from dialtone.invariants.checker import check_folder
from dialtone.stack import business_time
from dialtone.stack.stack import Stack


def ended(order: dict[str, Any]) -> bool:
    return bool(order["final"])


def waits(order: dict[str, Any]) -> bool:
    return str(order["reason"]).startswith("waiting for")


def fell_out(order: dict[str, Any]) -> bool:
    return bool(order["state"] == "held")


class Narrator:
    """Says what happens; silent when the answer is wanted as JSON."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    @property
    def is_quiet(self) -> bool:
        return self._quiet

    def say(self, sentence: str) -> None:
        if not self._quiet:
            say(sentence)

    def title(self, sentence: str) -> None:
        if not self._quiet:
            out.print(f"\n[bold cyan]{sentence}[/]", highlight=False)

    def order(self, order: dict[str, Any]) -> None:
        """With the time line of its present run."""
        if not self._quiet:
            print_order(order, lines=present_run(order["timeline"]))


def present_run(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    replays = [index for index, line in enumerate(lines) if line["what"] == "replayed"]
    return lines[replays[-1] :] if replays else lines


async def play(stack: Stack, *, quiet: bool = False) -> bool:
    """True when every order ended as it should and every invariant holds."""
    actors, narrator = Actors(stack), Narrator(quiet=quiet)
    try:
        orders = [
            await hosted(actors, narrator),
            await trunking(actors, narrator),
            await mixed(actors, narrator),
            await failing(actors, narrator),
        ]
        leftovers = [await left_by(actors, order) for order in orders]
        months = await a_month_later(actors, stack, narrator, orders[0])
    finally:
        await actors.close()
    report = await check_folder(stack.folder)
    if quiet:
        as_json({"orders": leftovers, "months": months, "invariants": report.as_dict()})
    else:
        print_leftovers(leftovers)
        print_report(report)
    return all(order["state"] == "completed" for order in orders) and not report.broken()


async def hosted(actors: Actors, narrator: Narrator) -> dict[str, Any]:
    narrator.title("1. A hosted order: a new enterprise with five seats, five numbers and an auto attendant")
    order_id = await actors.submit(forms.hosted())
    order = await actors.until(order_id, ended)
    narrator.order(order)
    return order


async def trunking(actors: Actors, narrator: Narrator) -> dict[str, Any]:
    narrator.title("2. A trunking order: people build it from a ticket")
    order_id = await actors.submit(forms.trunking())
    order = await actors.until(order_id, waits)
    narrator.say(f"  everything automatic is done; {order['reason']}")
    tickets = await actors.resolve_trunking(order_id)
    narrator.say(f"  the provisioning department resolves {', '.join(tickets)}")
    order = await actors.until(order_id, ended)
    narrator.order(order)
    return order


async def mixed(actors: Actors, narrator: Narrator) -> dict[str, Any]:
    narrator.title("3. A mixed order that wants more numbers than there are: the rest is a backorder")
    order_id = await actors.submit(forms.mixed())
    order = await actors.until(order_id, waits)
    narrator.say(f"  {order['reason']}")
    await actors.resolve_trunking(order_id)
    brought = await actors.bring_stock("+12125550160", 10)
    given = brought["delivered_to_backorders"].get(order_id, 0)
    narrator.say(f"  stock arrives: {brought['added']} numbers, {given} of them for this order")
    order = await actors.until(order_id, ended)
    narrator.order(order)
    return order


async def failing(actors: Actors, narrator: Narrator) -> dict[str, Any]:
    narrator.title("4. BroadWorks refuses in the middle: everything is taken back, then replayed")
    await actors.break_broadworks("UserAddRequest22V2", "9999", "Licence limit reached for Newark.")
    order_id = await actors.submit(forms.failing())
    order = await actors.until(order_id, fell_out)
    narrator.order(order)
    leftover = await left_by(actors, order)
    narrator.say(
        f"  left behind: {leftover['numbers']} numbers, {leftover['group'] or 'no group'}, "
        f"{leftover['charges_posted']} posted charges, {leftover['tickets_open']} open tickets"
    )
    (letter,) = await actors.dead_letters(order_id)
    narrator.say(f"  dead letter {letter['dl_id']}: {letter['error_code']}: {letter['error_message']}")
    await actors.mend_broadworks()
    await actors.replay(letter["dl_id"], "the licence was extended")
    narrator.say("  the cause is removed and the dead letter replayed")
    order = await actors.until(order_id, ended)
    narrator.order(order)
    return order


async def a_month_later(
    actors: Actors, stack: Stack, narrator: Narrator, order: dict[str, Any]
) -> list[dict[str, Any]]:
    """The first order's charges of its first two months."""
    narrator.title("5. A month later: what is delivered is charged for the month that has begun")
    before = len((await actors.charges(order["id"]))["postings"])
    now = datetime.now(UTC) + business_time.ahead(stack.folder)
    business_time.advance(stack.folder, timedelta(days=_days_to_next_month(now)))
    postings = await actors.postings_beyond(order["id"], before)
    if not narrator.is_quiet:
        print_postings(postings)
    return postings


def _days_to_next_month(now: datetime) -> int:
    """To the second day of it, which has begun wherever the customer is."""
    following = (now.replace(day=1) + timedelta(days=32)).replace(day=2)
    return (following.date() - now.date()).days
