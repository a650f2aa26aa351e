"""Who asks which service, and for what."""

from .conftest import Run
from .fake_services import FakeServices


def test_orders_are_asked_for_as_the_partner_and_the_rest_as_an_operator(run: Run, services: FakeServices) -> None:
    for path in ("/orders", "/dead-letters", "/tickets"):
        services.answer("GET", path, [])
    for noun in ("orders", "dead-letters", "tickets"):
        assert run(noun, "list").exit_code == 0
    assert [one.key for one in services.asked] == ["the-partners-key", "the-operators-key", "the-operators-key"]


def test_a_key_and_a_url_of_the_environment_win(bare: Run, services: FakeServices) -> None:
    services.answer("GET", "/orders", [])
    services.answer("GET", "/tickets", [])
    environment = {"DIALTONE_KEY": "dt_1_mine", "DIALTONE_URL": services.url, "DIALTONE_TICKETING_URL": services.url}
    assert bare("orders", "list", env=environment).exit_code == 0
    assert bare("tickets", "list", env=environment).exit_code == 0
    assert [one.key for one in services.asked] == ["dt_1_mine", "dt_1_mine"]


def test_filters_are_passed_on(run: Run, services: FakeServices) -> None:
    services.answer("GET", "/orders", [])
    services.answer("GET", "/dead-letters", [])
    services.answer("GET", "/tickets", [])
    run("orders", "list", "--state", "held", "--state", "pending", "--limit", "7")
    run("dead-letters", "list", "--state", "any", "--error-code", "unreachable")
    run("tickets", "list", "--kind", "trunking", "--order-id", "o-1")
    assert [one.query for one in services.asked] == [
        {"state": ["held", "pending"], "limit": ["7"]},
        {"state": ["any"], "limit": ["100"], "error_code": ["unreachable"]},
        {"kind": ["trunking"], "order_id": ["o-1"]},
    ]
