"""The queue for numbers: first come, first served."""

import hypothesis.strategies as st
from hypothesis import given

from did_inventory.domain.allocation import Free
from did_inventory.domain.backorders import Backorder, fill

STOCK = [
    Free(f"+1{npa}{nxx}{line:04}", npa, nxx) for npa in ("201", "973") for nxx in ("200", "826") for line in range(4)
]
SCOPE = st.tuples(st.sampled_from(["201", "973"]), st.sampled_from([None, "200", "826"]))
QUEUE = st.lists(st.tuples(SCOPE, st.integers(1, 6)), max_size=8).map(
    lambda drawn: [Backorder(n, f"o-{n}", scope, missing) for n, (scope, missing) in enumerate(drawn, 1)]
)


@given(queue=QUEUE, stock=st.lists(st.sampled_from(STOCK), unique=True))
def test_first_come_first_served(queue: list[Backorder], stock: list[Free]) -> None:
    filled = fill(queue, stock)
    given_away = [one.number for numbers in filled.values() for one in numbers]
    assert len(given_away) == len(set(given_away))
    assert set(given_away) <= {one.number for one in stock}
    for place, backorder in enumerate(queue):
        mine = filled.get(backorder.backorder_id, [])
        assert len(mine) <= backorder.missing
        assert all(one.fits(backorder.scope) for one in mine)
        if len(mine) < backorder.missing:
            earlier = {one.number for before in queue[:place] for one in filled.get(before.backorder_id, [])}
            overtaken = [
                one
                for one in stock
                if one.fits(backorder.scope) and one.number not in earlier | {m.number for m in mine}
            ]
            assert overtaken == []  # nobody behind it got what would have fitted
    assert all(numbers for numbers in filled.values())


def test_a_large_request_at_the_head_is_not_overtaken() -> None:
    queue = [Backorder(1, "large", ("973", None), 5), Backorder(2, "small", ("973", None), 1)]
    stock = [one for one in STOCK if one.npa == "973"][:3]
    assert fill(queue, stock) == {1: stock}


def test_stock_of_another_place_passes_the_head_by() -> None:
    queue = [Backorder(1, "here", ("973", "826"), 1), Backorder(2, "there", ("201", None), 1)]
    stock = [one for one in STOCK if one.npa == "201"][:1]
    assert fill(queue, stock) == {2: stock}
