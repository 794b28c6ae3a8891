"""Time the measures of one benchmark file inside Frappe; see local_bench/benchmark.py for what a file holds.

python -m local_bench.testing.stopwatch FILE ROUNDS     from the sites folder, with FRAPPE_SITE
"""

from __future__ import annotations

import json
import os
import runpy
import statistics
import sys
import time

import frappe


def main(file: str, rounds: str) -> None:
    frappe.init(site=os.environ["FRAPPE_SITE"])
    frappe.connect()
    frappe.set_user("Administrator")
    frappe.flags.mute_emails = True
    described = runpy.run_path(file)
    described.get("prepare", lambda: None)()
    frappe.db.commit()
    measured: dict[str, dict[str, float]] = {}
    times_each = min(int(rounds), described.get("ROUNDS", int(rounds)))
    for title, action in described["MEASURES"].items():
        action()  # once to warm caches, as a site in use has them
        times: dict[str, list[float]] = {}
        for _ in range(times_each):
            began = time.perf_counter()
            told = action()
            seconds = time.perf_counter() - began
            # An action may tell its own seconds, and those of its parts by name.
            for part, took in (told if isinstance(told, dict) and "" in told else {"": seconds}).items():
                times.setdefault(f"{title}, {part}" if part else title, []).append(took)
            frappe.db.rollback()
        for name, seconds_of in times.items():
            measured[name] = {"median": statistics.median(seconds_of), "slowest": max(seconds_of)}
        if title in described.get("LIMITS", {}):
            measured[title]["limit"] = described["LIMITS"][title]
    print("MEASURED" + json.dumps(measured))
    print("RATIOS" + json.dumps(described.get("RATIOS", {})))
    frappe.destroy()


if __name__ == "__main__":
    main(*sys.argv[1:])
