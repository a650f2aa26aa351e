"""`dialtone up` and `dialtone demo`: the embedded stack with its progress, and one clear sentence when it cannot be."""

import asyncio
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx
from rich.text import Text

from chassis.errors import said_by
from dialtone.cli.output import err, fail, out, say
from dialtone.seeds import seed
from dialtone.stack.configuration import Options
from dialtone.stack.errors import StackError
from dialtone.stack.stack import Stack

T = TypeVar("T")
INTERRUPTED = 130  # what a shell says of a command that Ctrl-C has ended


def run(work: Coroutine[Any, Any, T]) -> T:
    """Ctrl-C ends in one line, after everything that was started has been stopped.

    Also where SIGINT was ignored at the start, as a shell does it for what runs in its background: else it would be
    heard only when the stack is up.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        fail("Interrupted; everything that was started has been stopped.", INTERRUPTED)


def progress(name: str, state: str) -> None:
    err.print(Text(f"  {name:<22} {state}"), soft_wrap=True)


@asynccontextmanager
async def running(options: Options) -> AsyncIterator[Stack]:
    """A seeded stack. Ends the command with one sentence when it cannot start."""
    try:
        stack = Stack(options, progress=progress)
        await stack.start()
    except StackError as error:
        fail(str(error))
    try:
        try:
            await seed(stack)
        except httpx.HTTPError as error:
            fail(f"The stack could not be given its demo partner and numbers: {said_by(error)}")
        yield stack
    finally:
        await stack.stop()


async def unless_lost(stack: Stack, work: Coroutine[Any, Any, T]) -> T:
    """What `work` answers. Raises StackError when a part ends that nobody stopped."""
    working, losing = asyncio.create_task(work), asyncio.create_task(stack.watch())
    try:
        await asyncio.wait({working, losing}, return_when=asyncio.FIRST_COMPLETED)
        if losing.done():
            raise losing.result()
        return await working
    finally:
        for task in (working, losing):
            task.cancel()
        await asyncio.gather(working, losing, return_exceptions=True)


async def up(options: Options) -> None:
    """Until Ctrl-C, SIGTERM, or the end of one of the parts."""
    async with running(options) as stack:
        url = stack.url("order-intake")
        out.print("[green]The stack is up.[/]", end=" ")
        say(f"Orders go to {url}/orders; URLs, keys and pids are in {stack.folder}/stack.json")
        say("Try: dialtone orders list    (Ctrl-C ends it)")
        left = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, left.set)
        try:
            await unless_lost(stack, left.wait())
        except StackError as error:
            fail(str(error))
