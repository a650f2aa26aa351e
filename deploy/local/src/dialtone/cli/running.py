"""`dialtone up` and `dialtone demo`: the embedded stack with its progress, and one clear sentence when it cannot be."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dialtone.cli.output import err, fail, out
from dialtone.seeds import seed
from dialtone.stack.configuration import Options
from dialtone.stack.errors import StackError
from dialtone.stack.stack import Stack


def progress(name: str, state: str) -> None:
    err.print(f"  [dim]{name:<22}[/] {state}", highlight=False)


@asynccontextmanager
async def running(options: Options) -> AsyncIterator[Stack]:
    """A seeded stack. Ends the command with one sentence when it cannot start."""
    stack = Stack(options, progress=progress)
    try:
        await stack.start()
    except StackError as error:
        fail(str(error))
    try:
        await seed(stack)
        yield stack
    finally:
        await stack.stop()


async def up(options: Options) -> None:
    """Until Ctrl-C, SIGTERM, or the end of one of the parts."""
    async with running(options) as stack:
        out.print(
            f"[green]The stack is up.[/] Orders go to {stack.url('order-intake')}/orders; see {stack.folder}/stack.json"
        )
        out.print("Try: dialtone orders list    (Ctrl-C ends it)")
        left = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, left.set)
        leaving, losing = asyncio.create_task(left.wait()), asyncio.create_task(stack.watch())
        done, pending = await asyncio.wait({leaving, losing}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if losing in done:
            err.print(f"[red]{losing.result()}[/]")
            raise SystemExit(1)
