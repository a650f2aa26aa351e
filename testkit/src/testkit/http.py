"""A client that asks an API in this process."""

import httpx
from fastapi import FastAPI


def client(api: FastAPI, key: str = "") -> httpx.AsyncClient:
    """Sends the key with every request; without one it sends none."""
    headers = {"authorization": f"Bearer {key}"} if key else {}
    return httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://service", headers=headers)
