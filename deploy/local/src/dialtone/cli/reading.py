"""What people name on the command line and is not there, said without the system's error numbers."""

import sys
from pathlib import Path
from typing import Any

from chassis.errors import said_by
from contracts import documents
from contracts.documents import Malformed
from dialtone.cli.output import fail
from dialtone.stack import stackfile
from dialtone.stack.errors import StackError
from dialtone.stack.stackfile import StackFile


def form_in(file: Path) -> Any:
    """The JSON document of a file, `-` being standard input. Ends the command when there is none."""
    try:
        return documents.read(sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes())
    except FileNotFoundError:
        fail(f"There is no file {file}.", 2)
    except IsADirectoryError:
        fail(f"{file} is a folder; give the file with the order form.", 2)
    except OSError as error:
        fail(f"{file} cannot be read: {said_by(error)}.", 2)
    except Malformed as error:
        fail(f"{file} is no JSON: {error}", 2)


def stack_in(folder: Path) -> StackFile | None:
    """None when no stack runs in this folder. Ends the command for one that cannot be read."""
    try:
        return stackfile.read(folder)
    except StackError as error:
        fail(str(error), 2)
