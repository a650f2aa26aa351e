"""A child that dies with its parent, so that even a killed parent leaves nothing running.

Linux only: the kernel sends the child a signal when the *thread* that started it ends, so children are started from
the main thread. Elsewhere a parent killed with SIGKILL leaves its children behind; every other end stops them.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def dies_with_parent(how: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: runs in the child between fork and exec, after a change of user (which would clear it)."""
    parent = os.getpid()

    def tie() -> None:
        if _prctl is None:
            return
        _prctl(PR_SET_PDEATHSIG, int(how))
        if os.getppid() != parent:  # it died in between, and no signal will come any more
            os._exit(1)

    return tie
