"""Setting up a bench: broken off it leaves nothing running, and the next try goes on to the end.

A second bench of this checkout is set up beside the first, in a folder with a space in its name.
"""

import os
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from local_bench.bench import CHECKOUT, Bench

PATIENCE = 300


@pytest.fixture
def second(tmp_path):
    """A bench folder of its own, and the environment that makes ./run use it."""
    root = tmp_path / "second bench"
    environment = {**os.environ, "SOCIAL_CRM_BENCH": str(root), "PYTHONUNBUFFERED": "1"}
    yield Bench(root), environment
    subprocess.run([CHECKOUT / "run", "reset", "--all"], env=environment, capture_output=True)


def processes_of(root: Path) -> list[str]:
    """The command lines of running processes that name a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(root) in words:
            found.append(words)
    return found


def start_until(text: str, environment: dict[str, str]) -> subprocess.Popen[str]:
    """Start ./run demo and return once it has printed a text."""
    process = subprocess.Popen(
        [CHECKOUT / "run", "demo", "--empty"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    deadline = time.monotonic() + PATIENCE
    for line in process.stdout:
        if text in line or time.monotonic() > deadline:
            break
    return process


def listens(bench: Bench) -> str:
    """What a listener hears when a record is made through the served site."""
    words = [
        bench.url,
        bench.site,
        bench.frappe / "node_modules",
        "Administrator",
        bench.secrets["administrator"],
    ]
    script = Path(__file__).parent / "realtime.mjs"
    done = subprocess.run(["node", script, *words], capture_output=True, text=True, timeout=PATIENCE)
    return done.stdout.strip() or done.stderr.strip()


def test_ctrl_c_leaves_nothing_running_and_the_next_try_succeeds(second):
    bench, environment = second
    process = start_until("Installing Social CRM", environment)
    time.sleep(1.0)
    assert processes_of(bench.root) != []
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, output
    assert processes_of(bench.root) == []

    done = subprocess.run(
        [CHECKOUT / "run", "demo", "--empty"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    url = Bench(bench.root).url
    assert url in done.stdout
    with urllib.request.urlopen(f"{url}/login", timeout=60) as answer:
        assert answer.status == 200

    assert listens(Bench(bench.root)) == "HEARD ToDo"

    again = subprocess.run([CHECKOUT / "run", "status"], env=environment, capture_output=True, text=True)
    assert again.returncode == 0, again.stdout
    stopped = subprocess.run([CHECKOUT / "run", "stop"], env=environment, capture_output=True, text=True)
    assert stopped.returncode == 0
    assert processes_of(bench.root) == []
