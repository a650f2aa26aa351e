"""BroadWorks takes its time with one order: no other one waits for that, and a deploy does not either."""

from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended
from dialtone.stack.stack import Stack
from testkit.time import eventually
from tests.pipeline import forms

SLOW = "GroupAddRequest"
SECONDS = 25.0  # longer than a process is given to end


async def test_one_slow_conversation_holds_up_no_other_order_and_no_deploy(
    stack: Stack, actors: Actors, enterprise: str
) -> None:
    async def arrived() -> int:
        return int((await actors.broadworks())["commands"].get(SLOW, 0))

    before = await arrived()
    await actors.slow_broadworks(SLOW, SECONDS)
    slow = await actors.submit(forms.hosted(f"Slow {forms.SESSION}", kind="new-enterprise", seats=1))

    async def has_begun() -> bool:
        return await arrived() > before

    await eventually(has_begun)
    quick = [await actors.submit(forms.hosted(enterprise, seats=1)) for _ in range(5)]
    states = [(await actors.until(order_id, ended))["state"] for order_id in quick]
    assert (states, (await actors.order(slow))["state"]) == (["completed"] * 5, "inProgress")
    log = stack.folder / "logs" / "broadsoft-provisioner.log"
    goodbyes = log.read_text().count('"stopped"')
    await stack.deploy("broadsoft-provisioner")
    assert log.read_text().count('"stopped"') == goodbyes + 1
    order = await actors.until(slow, ended, patience=240)
    assert (order["state"], order["run"]) == ("completed", 1)
