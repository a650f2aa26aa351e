"""Who asks which service, and for what."""

import pytest

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


@pytest.mark.parametrize("noun", ["orders", "dead-letters", "tickets", "partners"])
@pytest.mark.parametrize("place", ["before", "after", "before, and another in the environment", "before and after"])
def test_the_url_may_come_before_the_command_or_after_it(
    bare: Run, services: FakeServices, noun: str, place: str
) -> None:
    services.answer("GET", f"/{noun}", [])
    elsewhere = {"DIALTONE_URL": "http://127.0.0.1:9", "DIALTONE_TICKETING_URL": "http://127.0.0.1:9"}
    environment = {"DIALTONE_KEY": "dt_1_mine", **(elsewhere if "environment" in place else {})}
    before = ("--url", "http://127.0.0.1:9" if "after" in place else services.url) if "before" in place else ()
    after = ("--url", services.url) if "after" in place else ()
    result = bare(*before, noun, "list", *after, env=environment)
    assert (result.exit_code, len(services.asked)) == (0, 1), result.stderr


@pytest.mark.parametrize("command", ["up", "demo", "invariants", "topics"])
def test_a_url_for_what_asks_no_service_is_wrong_usage(bare: Run, command: str) -> None:
    result = bare("--url", "http://127.0.0.1:9", command)
    assert result.exit_code == 2
    assert f"`dialtone {command}` asks no service by a URL" in result.stderr
