"""What goes wrong with a stack, said to a person."""


class StackError(Exception):
    """Its text is one clear sentence (what failed, and what to do), ready to be printed without a traceback."""
