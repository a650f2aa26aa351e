"""Dead letters, however many: they are listed in pages."""

from typing import Any

import httpx

PAGE = 500


async def letters_of(operations: httpx.AsyncClient, intake: str, code: str) -> list[dict[str, Any]]:
    """All with this error code, open or not."""
    found: list[dict[str, Any]] = []
    while True:
        asked = {"error_code": code, "state": "any", "limit": PAGE, "offset": len(found)}
        page = (await operations.get(f"{intake}/dead-letters", params=asked)).raise_for_status().json()
        found += page
        if len(page) < PAGE:
            return found
