"""Ports: free ones are found and kept, a set one that is taken is said to be, neighbours are left alone."""

import socket

import pytest

from local_bench import ports
from local_bench.bench import HOST, Bench
from local_bench.errors import BenchError


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SOCIAL_CRM_CACHE", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def listening():
    """A port on which a server of this test listens."""
    with socket.socket() as server:
        server.bind((HOST, 0))
        server.listen()
        yield server.getsockname()[1]


def test_chosen_ports_differ_and_stay(own_cache):
    bench = Bench(own_cache / "one")
    assert ports.choose(bench)
    assert len(set(bench.ports.values())) == len(bench.ports) == 5
    again = Bench(own_cache / "one")
    assert not ports.choose(again)
    assert again.ports == bench.ports


def test_two_checkouts_never_share_a_port_even_while_stopped(own_cache):
    one, two = Bench(own_cache / "one"), Bench(own_cache / "two")
    ports.choose(one)
    ports.choose(two)
    assert not set(one.ports.values()) & set(two.ports.values())


def test_set_port_that_is_taken_is_refused_in_words(own_cache, listening):
    with pytest.raises(BenchError, match=f"Port {listening} is taken"):
        ports.choose(Bench(own_cache / "one"), str(listening))


def test_remembered_port_that_was_taken_since_gives_way(own_cache, listening):
    bench = Bench(own_cache / "one", ports={"web": listening})
    assert ports.choose(bench)
    assert bench.ports["web"] != listening


def test_port_of_a_server_that_is_ours_stays(own_cache, listening):
    bench = Bench(own_cache / "one", ports={"web": listening})
    ports.choose(bench, keep={"web"})
    assert bench.ports["web"] == listening


@pytest.mark.parametrize("text", ["80", "70000", "web", "-1", "8000.5", ""])
def test_what_is_no_port_is_refused(text):
    with pytest.raises(BenchError):
        ports.parse_set_port(text)
