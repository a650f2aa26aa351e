"""Tests that need a program of the machine."""

import os
from typing import NoReturn

import pytest


def do_without(reason: str) -> NoReturn:
    """Skips the test, or fails it where everything must be here: CI says so by requiring Apache Kafka."""
    if os.environ.get("DIALTONE_REQUIRE_KAFKA") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
