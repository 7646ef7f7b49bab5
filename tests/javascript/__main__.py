"""Run the tests of the scripts."""

import sys

from tests.javascript import FOLDER, node

NAMED = sys.argv[1:] or sorted(FOLDER.glob("*.test.mjs"))

sys.exit(node("--test", *NAMED).returncode)
