"""Where what is charged and what was posted do not fit together."""

from fastapi import Depends

from catalog.api.filters import After, Named
from catalog.application.reconciling import Reconciled, reconcile
from chassis.http.access import Needs, Work
from chassis.http.routes import make_router

router = make_router("billing")


@router.get("/billing/reconciliation", dependencies=[Depends(Needs("ops:read", partners=False))])
async def reconciliation(work: Work, partner: Named = None, after: After = 0) -> Reconciled:
    """Charged before the billing of its order has started; not charged though it has; due and not posted; and days of
    what is charged that are posted twice, not at all, or beyond its end. What was delivered catalog does not know:
    `dialtone billing reconcile` asks order-intake as well.

    All is well when there are no findings. 100,000 subscriptions are looked at: go on from `next`, unless it is null.
    """
    async with work.begin() as unit:
        return await reconcile(unit, partner, after)
