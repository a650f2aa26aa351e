"""What a fresh stack is given: a demo partner with its key, and fiction numbers (555-01XX) to reserve."""

import httpx

from dialtone.stack.stack import Stack
from dialtone.stack.stackfile import Partner, read, read_keys

PARTNER = "Demo Partner"
STOCK = (("201", "Jersey City", "NJ"), ("973", "Morristown", "NJ"), ("212", "New York City", "NY"))


async def seed(stack: Stack) -> None:
    """Once per folder; a stack that was seeded before keeps its partner, key and numbers."""
    if read_keys(stack.folder).partner is not None:
        return
    operator = {"authorization": f"Bearer {read_keys(stack.folder).operator.key}"}
    async with httpx.AsyncClient(headers=operator, trust_env=False, timeout=30) as client:
        created = await client.post(f"{stack.url('order-intake')}/partners", json={"name": PARTNER})
        created.raise_for_status()
        partner = created.json()
        for npa, rate_center, region in STOCK:
            stock = {"first": f"+1{npa}5550100", "count": 60, "rate_center": rate_center, "region": region}
            (await client.post(f"{stack.url('did-inventory')}/numbers", json=stock)).raise_for_status()
    stack.remember_partner(Partner(id=partner["partner_id"], name=partner["name"], key=partner["api_key"]))


def partner_of(stack: Stack) -> Partner:
    running = read(stack.folder)
    assert running is not None
    assert running.partner is not None
    return running.partner
