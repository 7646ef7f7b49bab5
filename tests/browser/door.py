"""A door to the modules of an open page, for tests: `edgewalk` in its scripts.

A page has no global of its own. Importing a module a second time gives the one that the page has.
"""

from playwright.sync_api import Page

# By the name that tests know them by, the modules that are found there.
STAGE = {
    "run": ["run", "clock", "binary"],
    "inks": ["inks"],
    "frame": ["stage/frame"],
    "stage": ["stage/state", "stage/asked", "stage/scene", "stage/actions"],
    "controls": ["stage/controls"],
    "across": ["stage/panels/across"],
    "along": ["stage/panels/along"],
    "alignment": ["stage/panels/alignment"],
    "conserved": ["stage/conserved"],
}
LAB = {
    "inks": ["inks"],
    "canvas": ["canvas"],
    "map": ["lab/map"],
    "lab": ["lab/state", "lab/store"],
    "rate": ["lab/rate"],
    "crowd": ["lab/crowd"],
}

OPEN = """async (rooms) => {
  if (window.edgewalk) return;
  const from = (name) => import(new URL(`assets/js/${name}.mjs`, location.href).href);
  const door = {};
  for (const [room, names] of Object.entries(rooms)) {
    const found = await Promise.all(names.map(from));
    door[room] = Object.assign({}, ...found.flatMap((one) => [one, one.actions]));
  }
  window.edgewalk = door;
}"""


def open_door(page: Page, rooms: dict[str, list[str]]) -> None:
    """Open the door to a page that has begun."""
    page.evaluate(OPEN, rooms)
