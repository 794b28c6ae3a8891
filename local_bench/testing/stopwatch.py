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
    for title, action in described["MEASURES"].items():
        action()  # once to warm caches, as a site in use has them
        times = []
        for _ in range(int(rounds)):
            began = time.perf_counter()
            action()
            times.append(time.perf_counter() - began)
            frappe.db.rollback()
        measured[title] = {"median": statistics.median(times), "slowest": max(times)}
        if title in described.get("LIMITS", {}):
            measured[title]["limit"] = described["LIMITS"][title]
    print("MEASURED" + json.dumps(measured))
    frappe.destroy()


if __name__ == "__main__":
    main(*sys.argv[1:])
