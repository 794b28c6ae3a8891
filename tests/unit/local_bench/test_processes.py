"""Commands that must finish and services that stay: none outlives what started it by mistake."""

import os
import sys
import time

import pytest

from local_bench.errors import BenchError
from local_bench.processes import Service, clean_environment, run, start_time

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_failing_command_says_what_it_printed(tmp_path):
    with pytest.raises(BenchError, match=r"Trying failed \(exit 3\)") as caught:
        run(
            [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"],
            what="Trying",
            log=tmp_path / "log",
        )
    assert "the reason" in str(caught.value)
    assert "the reason" in (tmp_path / "log").read_text()


def test_service_is_started_once_and_stopped(tmp_path):
    service = Service("sleeper", tmp_path / "run", tmp_path / "logs")
    pid = service.start(SLEEP, cwd=tmp_path, env=clean_environment())
    assert service.start(SLEEP, cwd=tmp_path, env=clean_environment()) == pid == service.pid()
    assert service.stop()
    assert service.pid() is None
    assert not service.stop()


def test_service_takes_its_children_with_it(tmp_path):
    code = f"import subprocess, sys, time; p = subprocess.Popen({SLEEP!r}); print(p.pid, flush=True); time.sleep(60)"
    service = Service("parent", tmp_path / "run", tmp_path / "logs")
    service.start([sys.executable, "-c", code], cwd=tmp_path, env=clean_environment())
    deadline = time.monotonic() + 10
    while not service.tail() and time.monotonic() < deadline:
        time.sleep(0.05)
    child = int(service.tail())
    service.stop()
    deadline = time.monotonic() + 5
    while start_time(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert start_time(child) == ""


def test_recycled_process_id_is_not_taken_for_the_service(tmp_path):
    service = Service("ghost", tmp_path, tmp_path)
    service.pid_file.write_text(f"{os.getpid()} 1")
    assert service.pid() is None


def test_environment_of_another_bench_does_not_leak(monkeypatch):
    monkeypatch.setenv("FRAPPE_SITE", "other")
    monkeypatch.setenv("PYTHONPATH", "/other")
    environment = clean_environment({"FRAPPE_SITE": "ours"})
    assert environment["FRAPPE_SITE"] == "ours"
    assert "PYTHONPATH" not in environment
