"""Where is the checkout that is measured? Importing this makes its ``plugin`` importable."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# A program run by its path sees its own folder only.
if str(ROOT) not in sys.path:
    sys.path.insert(1, str(ROOT))
