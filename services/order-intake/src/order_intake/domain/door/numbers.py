"""Telephone numbers of a form: chosen by name, or searched for by area code and exchange."""

from collections.abc import Iterator

from contracts import nanp
from contracts.bounds import NUMBERS
from contracts.faults import Told
from contracts.nanp import NotANumber
from contracts.orders import NumberSearch, OrderForm
from order_intake.domain.door.rules import Rules


def number_faults(form: OrderForm, rules: Rules) -> Iterator[Told]:
    yield from _too_many(form, rules)
    seen: set[str] = set()
    for index, choice in enumerate(form.numbers):
        where = f"/numbers/{index}/number"
        if not rules.may_judge(where):
            continue
        try:
            number = nanp.e164(choice.number, fiction=rules.fiction)
        except NotANumber as reason:
            yield Told(where, reason.code, reason.detail)
            continue
        if number in seen:
            yield Told(where, "twice", f"{number} is in the order twice")
        seen.add(number)
    for index, search in enumerate(form.number_searches):
        yield from _search_faults(search, f"/number_searches/{index}", rules)


def number_warnings(form: OrderForm) -> Iterator[Told]:
    """Area codes that are newer than the table we judge by, or mistyped."""
    for index, search in enumerate(form.number_searches):
        try:
            warning = nanp.area_code(search.npa).warning
        except NotANumber:
            continue
        if warning:
            yield Told(f"/number_searches/{index}/npa", "area-code-not-in-service", warning)


def _too_many(form: OrderForm, rules: Rules) -> Iterator[Told]:
    """Together; told where the count goes beyond what an order may have. Not judged where a part of it is not known."""
    quantities = [f"/number_searches/{index}/quantity" for index in range(len(form.number_searches))]
    if not all(map(rules.may_judge, ["/numbers", "/number_searches", *quantities])):
        return
    total = len(form.numbers)
    for index, search in enumerate(form.number_searches):
        total += search.quantity
        if total > NUMBERS:
            where = f"/number_searches/{index}/quantity"
            wanted = len(form.numbers) + sum(one.quantity for one in form.number_searches)
            detail = f"{wanted} numbers are chosen and searched for; an order takes at most {NUMBERS}: split it"
            yield Told(where, "too-many-numbers", detail)
            return


def _search_faults(search: NumberSearch, at: str, rules: Rules) -> Iterator[Told]:
    try:
        nanp.area_code(search.npa)
    except NotANumber as reason:
        yield Told(f"{at}/npa", reason.code, reason.detail)
    if search.nxx is not None:
        try:
            nanp.exchange(search.nxx, fiction=rules.fiction)
        except NotANumber as reason:
            yield Told(f"{at}/nxx", reason.code, reason.detail)
