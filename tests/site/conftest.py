"""What tests with workers of their own share lies beside them: pytest imports each file by its path, without its folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
