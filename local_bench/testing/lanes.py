"""Several groups of tests at once: each has a bench of its own, so that they share nothing but the machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from local_bench import say
from local_bench.errors import BenchError
from local_bench.testing.results import Result

# The longest first: what is begun last should not be what everybody waits for.
LONGEST_FIRST = ("package", "browser", "install", "site", "rest", "faults", "unit", "frontend", "upgrade")
BEAT_SECONDS = 60.0
_FORK = multiprocessing.get_context("fork")


def width() -> int:
    """How many groups run at once: SOCIAL_CRM_TEST_LANES, else two where there are two cores.

    Raises:
        BenchError: what was set is no number from 1 on.
    """
    asked = os.environ.get("SOCIAL_CRM_TEST_LANES", "")
    if not asked:
        return min(2, os.cpu_count() or 1)
    if not asked.isdigit() or int(asked) < 1:
        raise BenchError(f"SOCIAL_CRM_TEST_LANES is '{asked}': give a number from 1 on, or leave it unset.")
    return int(asked)


def run(names: Sequence[str], lanes: int, output: Path, run_group: Callable[[str], Result]) -> list[Result]:
    """Run groups, `lanes` at a time; each one's terminal output is printed whole when it ends.

    Returns:
        The results in the order of `names`. A group whose process dies counts as one failure.
    """
    waiting = deque(sorted(names, key=LONGEST_FIRST.index))
    running: dict[str, tuple[BaseProcess, Connection, float]] = {}
    found: dict[str, Result] = {}
    say.note(
        f"{len(names)} groups of tests, {lanes} at a time; what they print lies in {output} until they end."
    )
    beat = time.monotonic()
    try:
        while waiting or running:
            while waiting and len(running) < lanes:
                name = waiting.popleft()
                running[name] = _start(name, output, run_group)
            for name in [name for name, (process, _, _) in running.items() if not process.is_alive()]:
                found[name] = _end(name, *running.pop(name), output)
            if time.monotonic() - beat > BEAT_SECONDS:
                beat = time.monotonic()
                spent = (f"{name} ({beat - began:.0f} s)" for name, (_, _, began) in running.items())
                say.note(f"    still running: {', '.join(spent)}; {len(waiting)} to come")
            time.sleep(0.2)
    except BaseException:
        for process, _, _ in running.values():
            # As Ctrl-C would: a group then stops its servers.
            if process.pid and process.is_alive():
                os.kill(process.pid, signal.SIGINT)
        for process, _, _ in running.values():
            process.join(30)
        raise
    return [found[name] for name in names]


def _start(
    name: str, output: Path, run_group: Callable[[str], Result]
) -> tuple[BaseProcess, Connection, float]:
    receive, send = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_work, args=(name, output, run_group, send), name=name)
    say.note(f"Starting {name} ...")
    sys.stdout.flush()
    process.start()
    send.close()
    return process, receive, time.monotonic()


def _work(name: str, output: Path, run_group: Callable[[str], Result], send: Connection) -> None:
    with (output / f"{name}.log").open("w", buffering=1) as log:
        for stream in (1, 2):  # what programs print that the group starts
            os.dup2(log.fileno(), stream)
        sys.stdout = sys.stderr = log
        send.send(run_group(name))


def _end(name: str, process: BaseProcess, receive: Connection, began: float, output: Path) -> Result:
    process.join()
    sys.stdout.write((output / f"{name}.log").read_text(errors="replace"))
    sys.stdout.flush()
    try:
        result = receive.recv()
    except EOFError:  # it never came to its answer
        return Result(name, 0, 1, time.monotonic() - began, f"ended with {process.exitcode}")
    assert isinstance(result, Result)
    return result
