"""A service as a process of its own, and what it says."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from dialtone.stack.ports import free_port
from testkit.time import eventually


class Running:
    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.process, self.url = process, url
        self.lines: list[str] = []

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]

    def told(self, event: str) -> list[dict[str, Any]]:
        return [one for one in self.log if one["event"] == event]

    async def listen(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.lines.append(line.decode())

    async def status(self, path: str) -> int:
        """Of the answer; 0 where nobody answers."""
        async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
            try:
                return (await http.get(self.url + path)).status_code
            except httpx.TransportError:
                return 0

    async def until(self, path: str, status: int) -> None:
        async def answers() -> bool:
            assert self.process.returncode is None, self.lines
            return await self.status(path) == status

        await eventually(answers)


@asynccontextmanager
async def running(environment: Mapping[str, str], service: str = "catalog") -> AsyncIterator[Running]:
    """`python -m` the service, ended with SIGTERM as in production; it must have gone by itself then."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", service),
        env={"PATH": os.environ["PATH"], "SERVICE_PORT": str(port), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    started = Running(process, f"http://127.0.0.1:{port}")
    listening = asyncio.create_task(started.listen())
    try:
        yield started
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 60) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await listening
