"""`./run check`: formatting, types and the rules of the house, without a site."""

from __future__ import annotations

from local_bench import cache, debian, demo, python_env
from local_bench.bench import CHECKOUT, Bench
from local_bench.processes import passthrough


def main(bench: Bench, words: list[str]) -> int:
    python_env.check_python()
    bench.root.mkdir(parents=True, exist_ok=True)
    debian.ensure(tuple(need for need in debian.SERVED if need.package in ("nodejs", "npm")), bench.setup_log)
    with cache.lock(bench.root / "setup.lock"):
        demo.prepare_parts(bench)
        bench.make_secrets()
    environment = {**bench.environment(), "PYTHONPATH": str(CHECKOUT)}
    return passthrough([bench.python, "-m", "local_bench.checks", *words], cwd=CHECKOUT, env=environment)
