"""The vocabulary: what pages and server call by one name, said here alone. The scripts of a page
have it as one JSON, which stands in its head.

    python -m app.vocabulary    print that JSON, for scripts that run without a page
"""

import json
from typing import Any

from app.budgets import budgets, shortened
from app.theme import HEIGHT_SCALES, INKS, RUN_INKS, SHARPNESS_SCALES
from dynamics import RULES, Fate
from dynamics.simulate import ROWS, Outcome
from dynamics.version import VERSION

# What is chosen on the stage: the name in a link, and what its control says of it.
CLOCKS = {"step": "t", "eta": "ηt", "tau": "η²t"}  # the k-th is ηᵏt
AXES = {"linear": "linear", "log": "log time"}
STROBES = {"all": "all", "even": "even", "odd": "odd", "midpoints": "mid"}
LOOKS = {"root": "√L", "log": "log L", "sharpness": "λ₁", "surface": "3-D"}
LENSES = ("on", "off")
GHOSTS = {"central": "central flow", "rod": "rod", "both": "both"}  # of GD
PANELS = {
    "sharpness": "Sharpness",
    "alignment": "Alignment",
    "bounce": "Bounce",
    "difference": "Difference",
    "ledger": "Ledger",
}

# What is shown where a link says nothing of it.
VIEW = {
    "clock": "tau",
    "axis": "linear",
    "strobe": "all",
    "look": "root",
    "lens": "on",
    "ghost": "central",
    "panel": "sharpness",
    "against": None,
}

# What belongs to the page and not to a run, in a link of the stage.
PAGE_KEYS = ("at", *VIEW, "focus", "hide", "embed")

CLOCK_TITLES = {"step": "step t", "eta": "time ηt", "tau": "slow time τ = η²t"}

LAWS = {"stableness_pair": "1/Sₜ + 1/Sₜ₊₁", "sqrt_loss_pair": "(√Lₜ + √Lₜ₊₁) / law"}

LOPSIDED = "lopsidedness"  # a gauge of its own: it is in −1 … 1
BALANCE = "curvature_balance_late"  # and another: it is of all steps, not of a pair

PHASES = {
    "descent": "descent",
    "alignment": "alignment",
    "edge": "at the edge: bouncing across, drifting along",
    "floor": "the lopsided bounce: one wall is the floor",
    "overlong": "too large a step for the laws",
    "beyond": "beyond the theorem: λ₁ = λ₂",
}

NOWHERE = "at the edge: bouncing across"  # where Γ is a point

# How a run stops before all steps were taken, or before it has no more use for them.
ENDINGS = {
    Outcome.AT_MINIMISER: "came to rest",
    Outcome.STATIONARY: "stuck",
    Outcome.NOT_FINITE: "diverged",
    Outcome.TOO_STEEP: "too steep",
    Outcome.LEFT_DOMAIN: "left the domain",
}

# And where it cannot go on.
FAILURES = (Outcome.NOT_FINITE, Outcome.TOO_STEEP, Outcome.LEFT_DOMAIN)

# Of the lab.
PLOTS = {
    "regimes": "Regime map",
    "rate": "Rate",
    "collapse": "Collapse",
    "flatness": "Which flatness?",
    "crowd": "Crowd",
}
REGIONS = {"rectangle": "rectangle", "disk": "disk", "annulus": "annulus"}
HANDS = {"region": "the region", "start": "a start"}  # what arrow keys move on the map of starts
WAYS = {"line": "on a line", "valley": "along Γ"}
COLOURS = {"fate": "fate", "sharpness": "sharpness"}
FLATNESSES = {"sharpness": "λ₁", "trace": "trace"}
ORBIT_VIEWS = {
    "offset": "offset",
    "scaled": "offset / η",
    "sharpness": "λ₁",
    "exponent": "exponent",
}
RATE_VIEWS = {"eta": "η", "lopsided": "η|A|"}
RATE_TITLES = {"eta": "step size η", "lopsided": "step size × lopsidedness, η|A|"}
ORBIT_TITLES = {
    "offset": "offset along v₁",
    "scaled": "offset / η",
    "sharpness": "sharpness λ₁(Φ)",
    "exponent": "Lyapunov exponent, a step",
}

# Other words for what a link can say, by field, and for the fields themselves: a link is written by
# hand too, from what a person has seen or is used to. They are not read but answered with the name.
SENSES = {
    "": {
        "loss": "function landscape objective problem valley",
        "rule": "rules optimizer optimiser method algorithm",
        "eta": "lr learning-rate step-size stepsize h",
        "start": "x0 init initial",
        "steps": "iterations epochs n horizon",
        "at": "step t playhead iterate",
        "look": "view style 3d",
        "clock": "time",
        "axis": "scale",
        "strobe": "parity",
        "ghost": "prediction theory",
        "plot": "tab map",
        "colour": "color",
        "along": "starts",
        "region": "box area",
        "grid": "cells resolution",
    },
    "clock": {"step": "iteration number", "eta": "time", "tau": "slow slow-time"},
    "axis": {"log": "logarithmic"},
    "strobe": {"midpoints": "middle mean"},
    "ghost": {"central": "central-flow flow mean", "rod": "beads two-beads"},
    "look": {
        "root": "sqrt contour contours",
        "log": "logarithm",
        "sharpness": "lambda hessian curvature",
        "surface": "space 3d solid sheet",
    },
    "plot": {
        "regimes": "map regime-map fates",
        "rate": "gap slope",
        "collapse": "clocks",
        "crowd": "starts many population",
    },
    "kind": {"rectangle": "box square", "disk": "circle disc ellipse", "annulus": "ring"},
    "along": {"valley": "gamma curve"},
    "hide": {"transport": "play controls time-bar", "laws": "gauges", "phases": "ribbon"},
}

# How many rules a plot of the lab takes at once.
MOST_RULES = {
    "regimes": 1,
    "rate": 1,
    "collapse": budgets().runs.most,
    "flatness": budgets().courses.most,
    "crowd": 1,
}

# The numbers of rules by name: one name is one quantity, whatever rule has it.
RULE_NUMBERS = {p.name: p for rule in RULES.values() for p in rule.parameters}

# What a picture of the stage to keep can be of, how large (width, height and the size of a unit, of
# which a word has 14, in pixels or millimetres), and how it looks.
PICTURES = {
    "both": "Landscape and sharpness",
    "stage": "The whole stage",
    "landscape": "Landscape",
    "sharpness": "Sharpness",
    "alignment": "Alignment",
    "bounce": "Bounce of GD",
    "difference": "Difference of two runs",
    "ledger": "What moves c",
    "across": "Across the valley",
    "along": "Along the valley",
    "gap": "The gap",
}
PICTURE_SIZES = {
    "wide": ("Slide 16:9", 1280, 720, 1.5, "px"),
    "slide": ("Slide 4:3", 1024, 768, 1.5, "px"),
    "column": ("One column, 85 mm", 85, 64, 0.76, "mm"),
    "columns": ("Two columns, 175 mm", 175, 105, 0.76, "mm"),
    "poster": ("Poster, 400 mm", 400, 260, 2.0, "mm"),
}
# Of the lab: what each plot has.
PLOT_PICTURES = {
    "map": "Regime map",
    "both": "Map and orbit diagram",
    "orbit": "Orbit diagram",
    "path": "The cell’s run",
    "rate": "Gap to the theorem",
    "collapse": "Three clocks",
    "flatness": "Which flatness?",
    "courses": "Where each drifts",
    "crowd": "Crowd",
    "starts": "Map of starts",
    "curves": "Curves against η",
}
# Of the study: each panel, and all of them.
STUDY_PICTURES = {
    "all": "All panels",
    "valley": "The valley, unrolled",
    "sharpness": "Sharpness",
    "bounce": "√L by parity",
    "distance": "Gap",
    "laws": "Laws",
    "angle": "Alignment",
    "digits": "What it says",
    "layer": "First layer",
    "tests": "Test images",
}
PICTURE_FORMS = {"png": "PNG", "svg": "SVG", "pdf": "PDF"}
FILM_FORMS = {"gif": "Film, GIF", "webm": "Film, WebM", "mp4": "Film, MP4"}
FILM_UNITS = {"seconds": "seconds in all", "steps": "steps a second"}
FILM_RATES = (25, 30, 50)  # frames a second
PICTURE_LOOKS = {"light": "Light", "dark": "Dark", "clear": "Transparent"}
PICTURE_PARTS = {
    "title": "Title",
    "caption": "Caption",
    "legend": "Legend",
    "link": "Link",
    "large": "Large type",
}

LICENCE = "CC0 1.0: free to use, without asking"  # of pictures and files that leave a page

# What the scripts read.
VOCABULARY: dict[str, Any] = {
    "view": VIEW,
    "page_keys": PAGE_KEYS,
    "clocks": CLOCKS,
    "clock_titles": CLOCK_TITLES,
    "strobes": list(STROBES),
    "laws": list(LAWS),
    "lopsided": LOPSIDED,
    "balance": BALANCE,
    "phases": PHASES,
    "nowhere": NOWHERE,
    "endings": {outcome.name.lower(): words for outcome, words in ENDINGS.items()},
    "failures": [outcome.name.lower() for outcome in FAILURES],
    "plots": list(PLOTS),
    "orbit_titles": ORBIT_TITLES,
    "rate_titles": RATE_TITLES,
    "fates": max(Fate),
    "inks": list(INKS["light"]),
    "scale": len(SHARPNESS_SCALES["light"]),
    "heights": len(HEIGHT_SCALES["light"]),
    "most_runs": budgets().runs.most,
    "most_branches": budgets().branches.most,
    "most_rules": MOST_RULES,
    "no_time": shortened(budgets().seconds.granted),
    "run_inks": len(RUN_INKS["light"]),
    "rule_numbers": {name: p.symbol or name for name, p in RULE_NUMBERS.items()},
    "licence": LICENCE,
    "version": VERSION,
    "picture_sizes": {key: size for key, (_, *size) in PICTURE_SIZES.items()},
    "rows": ROWS,
}


def vocabulary_json() -> str:
    """The vocabulary as it stands in a page; no text in it can end a script."""
    text = json.dumps(VOCABULARY, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


if __name__ == "__main__":
    print(vocabulary_json())
