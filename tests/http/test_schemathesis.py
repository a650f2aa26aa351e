"""What schemathesis makes of the OpenAPI documents: nothing breaks, and every answer is as documented."""

import asyncio
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chassis.http import openapi
from tests.http.services import KEY, PACKAGES, partner_key, served

PARTNER = "of a partner"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 8  # of an operation, of each mode
BOUNDED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def try_all(document: dict[str, Any], url: str, headers: dict[str, str]) -> dict[int, int]:
    """How many answers of each status there were. Raises what schemathesis finds."""
    found: dict[int, int] = {}
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @BOUNDED
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: schemathesis.Case) -> None:
                answer = case.call(base_url=url, headers=headers)
                found[answer.status_code] = found.get(answer.status_code, 0) + 1
                case.validate_response(answer, checks=CHECKS)

            ask()
    return found


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("key", [KEY, PARTNER, "", "wrong"], ids=["operator", "partner", "no key", "wrong key"])
async def test_whatever_is_sent_is_answered_as_documented(package: str, key: str, urls: dict[str, str]) -> None:
    async with served(package, urls[package]) as service:
        key = await partner_key(service) if key == PARTNER else key
        headers = {"authorization": f"Bearer {key}"} if key else {}
        document = openapi.document(service.api)
        statuses = await asyncio.to_thread(try_all, document, service.url, headers)
    if key in ("", "wrong"):
        assert set(statuses) <= {400, 401, 413}, statuses
    elif package == "broadsoft_provisioner" and key != KEY:
        assert set(statuses) <= {400, 401, 403}, statuses  # a header may be what is wrong
    else:
        assert 200 in statuses, statuses
