"""The shared cache: an entry is whole or not there, and is built once."""

import threading
import time

import pytest

from local_bench import cache


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SOCIAL_CRM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_broken_off_build_leaves_nothing(own_cache):
    def build(folder):
        (folder / "half").write_text("x")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.entry("part", "1", build)
    assert [path.name for path in own_cache.iterdir()] == ["part.lock"]
    assert (cache.entry("part", "1", lambda folder: (folder / "whole").write_text("x")) / "whole").exists()


def test_parallel_first_runs_build_once():
    built = []

    def build(folder):
        built.append(folder)
        time.sleep(0.2)
        (folder / "file").write_text("x")

    threads = [threading.Thread(target=cache.entry, args=("part", "1", build)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1


def test_linked_copy_replaces_what_was_there(tmp_path):
    entry = cache.entry("part", "1", lambda folder: (folder / "file").write_text("new"))
    target = tmp_path / "target"
    target.mkdir()
    (target / "old").write_text("old")
    cache.place(entry, target, linked=True)
    assert [path.name for path in target.iterdir()] == ["file"]
    assert (target / "file").stat().st_ino == (entry / "file").stat().st_ino


def test_own_copy_can_be_changed_without_touching_the_cache(tmp_path):
    entry = cache.entry("part", "1", lambda folder: (folder / "file").write_text("new"))
    cache.place(entry, tmp_path / "target", linked=False)
    (tmp_path / "target" / "file").write_text("changed")
    assert (entry / "file").read_text() == "new"


def test_digest_tells_texts_apart_that_join_alike(tmp_path):
    assert cache.digest("ab", "c") != cache.digest("a", "bc")


def test_who_has_to_wait_for_the_lock_is_told_once_and_then_has_it(own_cache):
    told, held = [], []

    def second():
        with cache.lock(own_cache / "x.lock", lambda: told.append(list(held))):
            held.append("second")

    with cache.lock(own_cache / "x.lock", lambda: told.append("nobody holds it")):
        held.append("first")
        thread = threading.Thread(target=second)
        thread.start()
        while not told:
            time.sleep(0.01)
        assert held == ["first"]
    thread.join(timeout=10)
    assert (told, held) == ([["first"]], ["first", "second"])
