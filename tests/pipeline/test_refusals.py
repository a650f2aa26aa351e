"""A participant says no: everything before it is taken back, the order is held, and its dead letter tells the story."""

import json
from datetime import date
from typing import Any

import asyncpg

from dialtone.demo.actors import Actors
from dialtone.demo.leftovers import left_by
from dialtone.demo.scenario import ended, fell_out
from dialtone.seeds import partner_of
from dialtone.stack.stack import Stack
from tests.pipeline import forms


async def nothing_left(actors: Actors, order: dict[str, Any]) -> None:
    left = await left_by(actors, order)
    assert left["numbers"] == 0
    assert left["group"] == ""
    assert left["charges_posted"] == 0
    assert left["tickets_open"] == 0


PARTNERS_BOOK = """
INSERT INTO price_books (partner_id, name, effective_from, lacking) VALUES ($1, $2, $3, $4)
"""


async def test_catalog_refuses_a_package_without_a_price(stack: Stack, actors: Actors, enterprise: str) -> None:
    """Its partner is sold what its own price book has, and that is nothing; the catalogue reads books when it starts.

    Versions are there for ever: another one follows, by which the partner pays as everybody.
    """
    database = await asyncpg.connect(stack.dsn("catalog"))
    partner = partner_of(stack).id
    await database.execute(PARTNERS_BOOK, partner, "nothing", date(2026, 1, 1), "refused")
    try:
        await restarted(stack, "catalog")
        form = forms.hosted(enterprise, number_searches=[forms.search("201", 2)])
        order = await actors.until(await actors.submit(form), fell_out)
    finally:
        await database.execute(PARTNERS_BOOK, partner, "as everybody", date(2026, 1, 2), "standard")
        await database.close()
        await restarted(stack, "catalog")
    await nothing_left(actors, order)
    assert "Enterprise Standard" in order["reason"]


async def restarted(stack: Stack, service: str) -> None:
    await stack.kill(service)
    await stack.start_service(service)


async def test_inventory_refuses_when_numbers_are_short_and_no_backorder_is_wanted(
    actors: Actors, enterprise: str
) -> None:
    order = await actors.until(await actors.submit(forms.unfillable(enterprise)), fell_out)
    await nothing_left(actors, order)
    assert order["reason"].startswith("reserve numbers: ")
    assert "1 too few in 907-200" in order["reason"]


async def test_broadworks_refuses_in_the_middle_and_the_group_is_taken_back(actors: Actors, enterprise: str) -> None:
    await actors.break_broadworks("UserAddRequest22V2", "9999", "Licence limit reached.")
    try:
        form = forms.hosted(enterprise, number_searches=[forms.search("201", 2)])
        order = await actors.until(await actors.submit(form), fell_out)
    finally:
        await actors.mend_broadworks()
    await nothing_left(actors, order)
    done = [(line["what"], line["step"]) for line in order["timeline"]]
    assert ("undone", "provision group") in done
    assert ("undone", "reserve numbers") in done
    (letter,) = await actors.dead_letters(order["id"])
    whole = await actors.dead_letter(letter["dl_id"])
    story = json.loads(whole["value"])
    assert story["step"] == "provision group"
    assert story["form"]["external_id"] == form["external_id"]
    assert [line["what"] for line in story["story"]].count("undone") == 4


async def test_ticketing_cannot_open_a_ticket_and_everything_is_taken_back(
    stack: Stack, actors: Actors, enterprise: str
) -> None:
    """Ticketing has no business "no"; here its database refuses, and the step fails for good until it is mended."""
    form = forms.hosted(enterprise, number_searches=[forms.search("201", 2)])
    name = form["customer"]["account_name"]
    database = await asyncpg.connect(stack.dsn("ticketing"))
    await database.execute(f"ALTER TABLE tickets ADD CONSTRAINT broken CHECK (summary NOT LIKE '%{name}') NOT VALID")
    try:
        order = await actors.until(await actors.submit(form), fell_out)
    finally:
        await database.execute("ALTER TABLE tickets DROP CONSTRAINT broken")
        await database.close()
    await nothing_left(actors, order)
    assert order["reason"].startswith("open tickets: ")
    assert ("undone", "provision group") in [(line["what"], line["step"]) for line in order["timeline"]]
    (letter,) = await actors.dead_letters(order["id"])
    await actors.replay(letter["dl_id"], "the database is mended")
    assert (await actors.until(order["id"], ended))["state"] == "completed"


async def test_a_replay_runs_the_same_order_again_and_completes(actors: Actors, enterprise: str) -> None:
    await actors.break_broadworks("GroupAddRequest", "9998", "Out of disk.")
    try:
        form = forms.hosted(enterprise, number_searches=[forms.search("201", 2)])
        order = await actors.until(await actors.submit(form), fell_out)
    finally:
        await actors.mend_broadworks()
    (letter,) = await actors.dead_letters(order["id"])
    await actors.replay(letter["dl_id"], "disk was added")
    order = await actors.until(order["id"], ended)
    left = await left_by(actors, order)
    assert (order["state"], order["run"]) == ("completed", 2)
    assert left["number_states"] == {"assigned": 2}
    assert [one["who"] for one in order["operator_actions"]] == ["operator"]


async def test_an_edited_replay_uses_the_corrected_form(actors: Actors, enterprise: str) -> None:
    order = await actors.until(await actors.submit(forms.unfillable(enterprise)), fell_out)
    (letter,) = await actors.dead_letters(order["id"])
    items = [{"package": "Enterprise Premium", "quantity": 1}]
    corrected = {**order["form"], "items": items, "number_searches": []}
    await actors.replay(letter["dl_id"], "they take any number later", form=corrected)
    order = await actors.until(order["id"], ended)
    assert order["state"] == "completed"
    assert [item["package"] for item in order["items"]] == ["Enterprise Premium"]


async def test_a_discarded_order_has_failed_and_gives_its_name_back(actors: Actors, enterprise: str) -> None:
    form = forms.unfillable(enterprise)
    order = await actors.until(await actors.submit(form), fell_out)
    (letter,) = await actors.dead_letters(order["id"])
    await actors.discard(letter["dl_id"], "the customer went elsewhere")
    order = await actors.order(order["id"])
    assert (order["state"], order["final"]) == ("failed", True)
    again = {**forms.hosted(enterprise), "customer": form["customer"]}
    assert (await actors.until(await actors.submit(again), ended))["state"] == "completed"


async def test_two_orders_racing_for_the_last_number_end_with_one_winner(actors: Actors, enterprise: str) -> None:
    await actors.bring_stock("+18082000000", 1)
    searches = [forms.search("808", 1, backorder=False)]
    forms_ = [forms.hosted(enterprise, number_searches=searches) for _ in range(2)]
    ids = [await actors.submit(form) for form in forms_]
    orders = [await actors.until(order_id, lambda order: ended(order) or fell_out(order)) for order_id in ids]
    assert sorted(order["state"] for order in orders) == ["completed", "held"]
