"""The command `./run faults`: what tests/faults describes, as large as one likes."""

from __future__ import annotations

import argparse
import secrets
from dataclasses import replace

from local_bench import say
from local_bench.bench import Bench
from local_bench.testing import benches, groups, runner, wreck

MOST_ACTAS = 5_000


def parse(words: list[str]) -> wreck.Plan:
    parser = argparse.ArgumentParser(
        prog="./run faults",
        description="Writes actas offline and sends them while browser, web server and database are killed and replies are lost;"
        " then counts what is on the server. The same seed gives the same events.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--full",
        action="store_true",
        help="200 actas with three photos, the browser killed 50 times (about 20 minutes)",
    )
    parser.add_argument("--seed", type=int, help="drawn and printed without it")
    parser.add_argument("--actas", type=int, help="another number of actas")
    parser.add_argument("--kills", type=int, help="how often the browser is killed; the servers less often")
    asked = parser.parse_args(words)
    plan = wreck.FULL if asked.full else wreck.SHORT
    plan = replace(plan, seed=secrets.randbelow(1_000_000_000) if asked.seed is None else asked.seed)
    if asked.actas is not None:
        if not plan.screens < asked.actas <= MOST_ACTAS:
            parser.error(f"--actas: from {plan.screens + 1} to {MOST_ACTAS}")
        plan = replace(plan, actas=asked.actas)
    if asked.kills is not None:
        if not 0 <= asked.kills <= 1_000:
            parser.error("--kills: from 0 to 1000")
        plan = replace(plan, browser=asked.kills, web=asked.kills // 4, database=asked.kills // 5)
    return plan


def main(bench: Bench, words: list[str]) -> int:
    plan = parse(words)
    bench.root.mkdir(parents=True, exist_ok=True)
    output = bench.root / "test" / "output"
    output.mkdir(parents=True, exist_ok=True)
    runner.prepare(bench, ["faults"])
    say.note(f"== faults: seed {plan.seed} (./run faults --seed {plan.seed} gives the same events)")
    with runner.alone(bench):
        benches.stop_leftovers(bench)
        try:
            return runner.close([groups.fault_tests(groups.Run(bench, output), plan)])
        except KeyboardInterrupt:
            benches.stop_leftovers(bench)
            raise
