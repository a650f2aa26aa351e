"""An order as order-intake shows it."""

from typing import Any

RUN_OF_ID = "01a203d0-563e-7003-9dba-0b88d7ff2f17"
AT = "2026-01-05T10:00:00+00:00"


def an_order(**more: Any) -> dict[str, Any]:
    return {
        "id": RUN_OF_ID,
        "external_id": "PO-1",
        "account_name": "Lakeside",
        "state": "completed",
        "reason": "",
        "run": 1,
        "final": True,
        "submitted_at": AT,
        "saga": {"phase": "completed"},
        "items": [{"package": "Enterprise Standard", "quantity": 2, "state": "completed"}],
        "numbers": {"reserved": [], "backordered": [], "delivered": []},
        "charges": None,
        "timeline": [{"at": AT, "step": "price order", "what": "done", "seconds": 0.1, "detail": ""}],
        **more,
    }


def flat(text: str) -> str:
    return " ".join(text.split())
