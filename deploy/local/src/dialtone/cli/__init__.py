"""The command `dialtone`: noun, then verb. Works over HTTP against any deployment."""

from dialtone.cli.app import main

__all__ = ["main"]
