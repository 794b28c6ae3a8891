"""Progress for the person at the terminal: what is going on, and how long it has taken."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

STARTED = time.monotonic()
_steps: list[tuple[str, float]] = []
_running: list[str] = []


def elapsed() -> str:
    seconds = time.monotonic() - STARTED
    return f"{int(seconds) // 60:d}:{int(seconds) % 60:02d}"


def line(text: str = "") -> None:
    print(text, flush=True)


def note(text: str) -> None:
    """A line with the time since the command began."""
    line(f"[{elapsed():>5}] {text}")


@contextmanager
def step(title: str, beat_seconds: float = 15.0) -> Iterator[None]:
    """Announce a step, repeat a sign of life while it runs, and say how long it took."""
    note(f"{title} ...")
    began = time.monotonic()
    done = threading.Event()

    def beat() -> None:
        while not done.wait(beat_seconds):
            if _running[-1:] != [title]:
                continue  # a step within this one speaks for it
            note(f"    still busy: {title} ({time.monotonic() - began:.0f} s)")

    thread = threading.Thread(target=beat, daemon=True)
    _running.append(title)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        _running.pop()
    took = time.monotonic() - began
    _steps.append((title, took))
    note(f"    done in {took:.1f} s: {title}")


def steps() -> list[tuple[str, float]]:
    """Every finished step with its duration in seconds, in order."""
    return list(_steps)


def error(text: str) -> None:
    sys.stdout.flush()
    print(f"\n{text}\n", file=sys.stderr, flush=True)
