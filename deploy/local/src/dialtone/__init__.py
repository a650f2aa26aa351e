"""Dialtone on one machine: the embedded stack and the command that drives it."""
