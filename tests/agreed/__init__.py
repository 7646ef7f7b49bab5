"""Agreed pictures: panels of fixed runs as SVG, which a diff can show. `python -m tests.agreed`
renews them."""

import json
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
        (*EVERY, "ledger"),
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


def prepare(client: FlaskClient, folder: Path) -> None:
    """Write what `RUNS` are drawn from: a plan of each, and the files that it names."""
    inks = INKS["light"] | {"scale": SHARPNESS_SCALES["light"], "runs": RUN_INKS["light"]}
    usual = {"strobe": "all", "clock": "tau", "look": "root", "view": None, "inks": inks}
    for name, (query, panels, page) in RUNS.items():
        files = {"run": f"/run.bin?{query}", "valley": f"/valley.bin?{query.split('&')[0]}"}
        plan = usual | page | {"name": name, "panels": panels}
        for kind, address in files.items():
            path = folder / f"{name}.{kind}"
            path.write_bytes(client.get(address).data)
            plan[kind] = str(path)
        (folder / f"{name}.json").write_text(json.dumps(plan), encoding="utf-8")


def draw(plan: str) -> dict[str, str]:
    """The pictures of a plan by their file names."""
    done = node(FOLDER / "draw.mjs", input=plan, check=True, capture_output=True)
    return json.loads(done.stdout)
