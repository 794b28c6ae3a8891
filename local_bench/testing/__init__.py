"""`./run test`: every group of tests on benches of its own, and one line that sums them up.

runner.py      the command: which groups, in which order, the table of durations, the closing line
lanes.py       several groups at once, each on a bench of its own
benches.py     a throw-away bench with the app installed, copied from a template in a second
official.py    an existing bench (v15 or v16) to test against, left as it was
people.py      one user per role, with password and API key, made for a run and removed after it
start.py       starts pytest in any bench's Python without installing anything there
site_plugin.py the pytest side: connects to the site and rolls back after each test
"""
