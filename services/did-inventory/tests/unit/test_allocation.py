"""Who gets which number: a batch gives exactly what its commands would get one after the other."""

import hypothesis.strategies as st
from hypothesis import given

from contracts.numbers import ChosenNumber, NumbersReserved, NumbersUnavailable, ReserveNumbers, WantedNumbers
from did_inventory.domain.allocation import Allocation, Free, allocate, scopes

NPAS, EXCHANGES = ("201", "973"), ("200", "826")
POOL = [f"+1{npa}{nxx}{line:04}" for npa in NPAS for nxx in EXCHANGES for line in range(3)]


def free(number: str) -> Free:
    return Free(number, number[2:5], number[5:8], "Newark")


def order(
    order_id: str, *, chosen: tuple[str, ...] = (), wanted: tuple[WantedNumbers, ...] = (), run: int = 1
) -> ReserveNumbers:
    choices = tuple(ChosenNumber(number=number) for number in chosen)
    return ReserveNumbers(order_id=order_id, run=run, partner_id="p-1", chosen=choices, wanted=wanted)


def want(quantity: int, npa: str = "973", nxx: str | None = None, **rest: bool) -> WantedNumbers:
    return WantedNumbers(npa=npa, nxx=nxx, quantity=quantity, **rest)


def reserve(commands: list[ReserveNumbers], stock: list[str]) -> Allocation:
    """As the store does: the chosen ones that are free, and as many candidates of each scope as `scopes` asks for."""
    asked = {choice.number for command in commands for choice in command.chosen}
    chosen = {number: free(number) for number in stock if number in asked}
    frees = [free(number) for number in sorted(stock)]
    candidates = {scope: [one for one in frees if one.fits(scope)][:room] for scope, room in scopes(commands).items()}
    return allocate(commands, chosen, candidates)


def one_by_one(commands: list[ReserveNumbers], stock: list[str]) -> Allocation:
    left, whole = list(stock), Allocation()
    for command in commands:
        one = reserve([command], left)
        left = [number for number in left if number not in {claim[0] for claim in one.claims}]
        whole.replies += one.replies
        whole.claims += one.claims
        whole.backorders += one.backorders
    return whole


WANTED = st.builds(
    WantedNumbers,
    npa=st.sampled_from(NPAS),
    nxx=st.sampled_from((None, *EXCHANGES)),
    quantity=st.integers(1, 5),
    trunking=st.booleans(),
    backorder=st.booleans(),
)
CHOICES = st.lists(st.builds(ChosenNumber, number=st.sampled_from(POOL), trunking=st.booleans()), max_size=3)
COMMANDS = st.lists(st.tuples(CHOICES, st.lists(WANTED, max_size=3)), max_size=5).map(
    lambda drawn: [
        ReserveNumbers(order_id=f"o-{n}", run=1, partner_id="p-1", chosen=tuple(chosen), wanted=tuple(wanted))
        for n, (chosen, wanted) in enumerate(drawn)
    ]
)
STOCK = st.lists(st.sampled_from(POOL), unique=True)


@given(commands=COMMANDS, stock=STOCK)
def test_batching_never_changes_who_wins(commands: list[ReserveNumbers], stock: list[str]) -> None:
    assert reserve(commands, stock) == one_by_one(commands, stock)


@given(commands=COMMANDS, stock=STOCK)
def test_nobody_gets_a_number_twice_or_one_that_is_not_free(commands: list[ReserveNumbers], stock: list[str]) -> None:
    allocation = reserve(commands, stock)
    claimed = [number for number, _, _, _ in allocation.claims]
    assert len(claimed) == len(set(claimed))
    assert set(claimed) <= set(stock)
    told = [
        (number.number, reply.order_id, reply.run, number.trunking)
        for reply in allocation.replies
        if isinstance(reply, NumbersReserved)
        for number in reply.numbers
    ]
    assert told == allocation.claims


@given(commands=COMMANDS, stock=STOCK)
def test_quantities_add_up(commands: list[ReserveNumbers], stock: list[str]) -> None:
    allocation = reserve(commands, stock)
    assert [(one.order_id, one.run) for one in allocation.replies] == [(one.order_id, one.run) for one in commands]
    queued = [(command.order_id, wanted) for command, wanted in allocation.backorders]
    for command, reply in zip(commands, allocation.replies, strict=True):
        mine = [wanted for order_id, wanted in queued if order_id == command.order_id]
        if isinstance(reply, NumbersUnavailable):
            assert (mine, bool(reply.unavailable or reply.short)) == ([], True)
            continue
        assert mine == list(reply.backordered)
        assert all(one.backorder and one.quantity >= 1 for one in mine)
        asked = len(command.chosen) + sum(one.quantity for one in command.wanted)
        assert len(reply.numbers) + sum(one.quantity for one in mine) == asked
        assert {one.number for one in command.chosen} <= {one.number for one in reply.numbers}


@given(commands=COMMANDS, stock=STOCK)
def test_a_shortage_is_never_invented(commands: list[ReserveNumbers], stock: list[str]) -> None:
    allocation = reserve(commands, stock)
    left = [free(number) for number in stock if number not in {claim[0] for claim in allocation.claims}]
    for command, wanted in allocation.backorders:
        mine = {choice.number for choice in command.chosen}
        assert not [one for one in left if one.fits((wanted.npa, wanted.nxx)) and one.number not in mine]


def test_a_chosen_number_does_not_hide_the_free_ones_behind_it() -> None:
    stock = ["+19738260000", "+19738260001"]
    (reply,) = reserve([order("o-1", chosen=("+19738260000",), wanted=(want(1),))], stock).replies
    assert isinstance(reply, NumbersReserved)
    assert [one.number for one in reply.numbers] == stock


def test_an_earlier_search_beats_a_later_choice() -> None:
    last = "+19738260000"
    first, second = reserve([order("o-1", wanted=(want(1),)), order("o-2", chosen=(last,))], [last]).replies
    assert [type(first), type(second)] == [NumbersReserved, NumbersUnavailable]
    assert isinstance(second, NumbersUnavailable)
    assert second.unavailable == (last,)


def test_a_choice_that_is_refused_blocks_nobody() -> None:
    free_one, taken = "+19738260000", "+19738260001"
    commands = [order("o-1", chosen=(free_one, taken)), order("o-2", wanted=(want(1, backorder=False),))]
    assert [one.ok for one in reserve(commands, [free_one]).replies] == [False, True]


def test_a_number_chosen_twice_by_one_order_is_refused_with_its_name() -> None:
    twice = "+19738260000"
    allocation = reserve([order("o-1", chosen=(twice, twice))], [twice])
    assert (allocation.claims, [one.ok for one in allocation.replies]) == ([], [False])


def test_all_or_nothing_without_backorder_and_a_part_with_it() -> None:
    (refused,) = reserve([order("o-1", wanted=(want(3, backorder=False),))], POOL[-2:]).replies
    assert isinstance(refused, NumbersUnavailable)
    assert (refused.code, refused.short[0].quantity) == ("numbers-unavailable", 1)
    assert "1 too few in 973" in refused.reason
    (reply,) = reserve([order("o-1", wanted=(want(3),))], POOL[-2:]).replies
    assert isinstance(reply, NumbersReserved)
    assert (len(reply.numbers), reply.backordered[0].quantity) == (2, 1)


def test_a_search_in_an_exchange_stays_in_it() -> None:
    (reply,) = reserve([order("o-1", wanted=(want(3, nxx="826"), want(3, nxx="200")))], POOL).replies
    assert isinstance(reply, NumbersReserved)
    assert [one.number[5:8] for one in reply.numbers] == ["826"] * 3 + ["200"] * 3
    assert {one.rate_center for one in reply.numbers} == {"Newark"}
