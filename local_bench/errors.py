"""What can go wrong, in words for the person at the terminal."""


class BenchError(Exception):
    """A set-up or run that cannot go on; the message says what is wrong and what to do."""
