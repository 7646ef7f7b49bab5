"""Agreed pictures: panels of fixed runs as SVG, which a diff can show. `python -m tests.agreed`
renews them."""

import json
import tempfile
from pathlib import Path

from flask.testing import FlaskClient

from app.theme import INKS, RUN_INKS, SHARPNESS_SCALES
from tests.javascript import node

FOLDER = Path(__file__).parent
EVERY = ("landscape", "sharpness", "across", "along", "gap")

# A run by its link, its panels, and what of the page they depend on.
RUNS = {
    "valley": (
        "loss=parabolic-valley&eta=0.18&start=1.8,0.9&steps=120",
        EVERY,
        {"at": 90, "view": ((0.2, 2.2), (-0.4, 1.1))},
    ),
    "even": (
        "loss=hyperbola&rule=sqrt-gd&eta=0.1&start=2.4,0.8&steps=150",
        EVERY,
        {"at": 60, "strobe": "even", "clock": "step", "view": ((0.8, 2.8), (0.0, 1.2))},
    ),
    "midpoints": (
        "loss=ellipse&eta=0.1&start=0.6,1.5&steps=100",
        ("landscape", "across"),
        {"at": 70, "strobe": "midpoints", "view": ((-0.2, 1.4), (0.6, 1.8))},
    ),
    "three": (
        "loss=parabolic-valley&rule=ngd,gd,gradient-flow&eta=0.15&start=1.7,0.8&steps=100",
        ("landscape", "sharpness", "along"),
        {"at": 80, "clock": "eta", "view": ((0.2, 2.2), (-0.4, 1.1))},
    ),
    "turning": (
        "loss=two-curvatures&eta=0.1&start=1.8,0.6,0.5&steps=60",
        ("alignment", "across", "along"),
        {"at": 30},
    ),
}


def draw(client: FlaskClient, name: str) -> dict[str, str]:
    """The pictures of one of `RUNS` by their file names."""
    query, panels, page = RUNS[name]
    loss = query.split("&")[0]
    inks = INKS["light"] | {"scale": SHARPNESS_SCALES["light"], "runs": RUN_INKS["light"]}
    usual = {"strobe": "all", "clock": "tau", "look": "root", "view": None, "inks": inks}
    with tempfile.TemporaryDirectory() as folder:
        files = {"run": f"/run.bin?{query}", "valley": f"/valley.bin?{loss}"}
        plan = usual | page | {"panels": panels}
        for kind, address in files.items():
            path = Path(folder, kind)
            path.write_bytes(client.get(address).data)
            plan[kind] = str(path)
        done = node(FOLDER / "draw.mjs", input=json.dumps(plan), check=True, capture_output=True)
    return {f"{name}-{panel}.svg": text for panel, text in json.loads(done.stdout).items()}
