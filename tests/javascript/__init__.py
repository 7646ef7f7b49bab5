"""The scripts of the pages in Node, which has no page: they find the vocabulary there as in one.

python -m tests.javascript    run the tests of this folder, or those that are named
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from app.vocabulary import vocabulary_json

FOLDER = Path(__file__).parent
NODE = Path(sys.executable).with_name("node")


def node(*command: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run Node on scripts that import modules of the pages."""
    page = ["--import", (FOLDER / "page.mjs").as_uri()]
    given = os.environ | {"VOCABULARY": vocabulary_json()}
    return subprocess.run([NODE, *page, *command], text=True, env=given, **more)
