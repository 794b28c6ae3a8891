"""Tests share helpers (ledger_cases.py, plain_schedule.py): pytest imports each of them by its path, without its folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
