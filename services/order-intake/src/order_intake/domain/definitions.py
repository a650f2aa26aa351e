"""The versions of the saga: an order ends by the one that it began with."""

from order_intake.domain.provisioning import PROVISION_ORDER
from order_intake.domain.provisioning_v1 import PROVISION_ORDER_V1

DEFINITIONS = {saga.version: saga for saga in (PROVISION_ORDER_V1, PROVISION_ORDER)}
REPLIES = frozenset(kind for saga in DEFINITIONS.values() for kind in saga.replies())
STEPS = frozenset(step.name for saga in DEFINITIONS.values() for step in saga.steps())
QUESTIONS = frozenset(wait.name for saga in DEFINITIONS.values() for wait in saga.waits())
SIGNALS = frozenset(kind for saga in DEFINITIONS.values() for kind in saga.signals())
