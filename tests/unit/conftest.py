"""What pure tests share: property tests that give the same answer every time.

SOCIAL_CRM_SEARCH=1 lets them look at fresh random examples, and more of them.
"""

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

# Tests share helpers (ledger_cases.py): pytest imports each of them by its path, without its folder.
sys.path.insert(0, str(Path(__file__).parent / "microcredit"))
sys.path.insert(0, str(Path(__file__).parent / "field_records"))

settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.register_profile(
    "search", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("search" if os.environ.get("SOCIAL_CRM_SEARCH") else "same")
