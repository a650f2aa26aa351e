"""Every metric, label and value that a dashboard or an alert names is on the `/metrics` of the running services."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended, fell_out
from dialtone.stack.services import SERVICES
from dialtone.stack.stack import Stack
from tests.dashboards.expressions import Use, uses, uses_of
from tests.dashboards.files import ALERTS, DASHBOARDS
from tests.dashboards.lint import ADDED_BY_THE_SCRAPE, OTHERS
from tests.pipeline import forms

# Gauges are measured every two seconds.
PATIENCE = 20
Exposed = dict[str, list[dict[str, str]]]


async def exposed(stack: Stack) -> Exposed:
    """The label sets of every metric, of all services together."""
    found: Exposed = defaultdict(list)
    async with httpx.AsyncClient(trust_env=False) as client:
        for service in SERVICES:
            answer = await client.get(f"{stack.url(service.name)}/metrics")
            assert answer.is_success
            for family in text_string_to_metric_families(answer.text):
                for sample in family.samples:
                    found[sample.name].append(sample.labels)
    return found


def missing(wanted: Iterable[Use], found: Exposed) -> Iterator[str]:
    for use in wanted:
        if use.metric in OTHERS:
            continue
        if use.metric not in found:
            yield use.metric
            continue
        samples = found[use.metric]
        labels = use.labels - ADDED_BY_THE_SCRAPE
        if not any(labels <= sample.keys() for sample in samples):
            yield f"{use.metric} by {sorted(labels)}"
        for name, value in use.values:
            if name not in ADDED_BY_THE_SCRAPE and not any(sample.get(name) == value for sample in samples):
                yield f'{use.metric}{{{name}="{value}"}}'


async def fall_out(actors: Actors, enterprise: str) -> None:
    await actors.break_broadworks("UserAddRequest22V2", "9999", "Licence limit reached.")
    try:
        await actors.until(await actors.submit(forms.hosted(enterprise)), fell_out)
    finally:
        await actors.mend_broadworks()


@pytest.mark.pipeline
async def test_everything_the_panels_and_the_alerts_name_is_exposed(
    stack: Stack, actors: Actors, enterprise: str
) -> None:
    order = await actors.until(await actors.submit(forms.hosted(enterprise)), ended)
    assert order["state"] == "completed"
    await fall_out(actors, enterprise)
    wanted = [use for board in DASHBOARDS.values() for use in uses_of(board)]
    wanted += [use for alert in ALERTS for use in uses(alert["expr"])]
    for _ in range(PATIENCE):
        if not set(missing(wanted, await exposed(stack))):
            return
        await asyncio.sleep(1)
    assert set(missing(wanted, await exposed(stack))) == set()


def test_what_is_missing_is_found() -> None:
    found = {"x": [{"a": "1"}, {"b": "2"}]}
    whole = Use("x", groups=(frozenset({"a", "b"}),), values=frozenset({("a", "3")}))
    assert list(missing([Use("y"), whole], found)) == ["y", "x by ['a', 'b']", 'x{a="3"}']
