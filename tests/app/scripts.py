"""What the page's modules hold, as Node sees it."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

ASSETS = Path(__file__).parents[2] / "assets"
NODE = Path(sys.executable).with_name("node")

# A function is told as its name; what is exported and can be written as JSON, as it is.
_TELL = """
const held = await import(process.argv[1]);
const plain = (_, value) => (typeof value === "function" ? `function ${value.name}` : value);
console.log(JSON.stringify({ ...held }, plain));
"""


@cache
def exported(module: str) -> dict[str, Any]:
    """What a module under `assets/js` exports."""
    address = (ASSETS / "js" / module).as_uri()
    command = [NODE, "--input-type=module", "--eval", _TELL, address]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def modules(*folders: str) -> dict[str, str]:
    """The text of the modules in folders of `assets/js`, by name; "" is that folder itself."""
    paths = [path for name in folders for path in (ASSETS / "js" / name).glob("*.mjs")]
    return {
        path.relative_to(ASSETS / "js").as_posix(): path.read_text(encoding="utf-8")
        for path in paths
    }
