"""The lab as a person finds it: by roles and names."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator

from tests.browser.door import LAB, open_door
from tests.browser.driver import Driver

# Compiling a sweep for the first time takes some seconds on a busy machine.
PATIENCE = 90_000
SMALL = "size=40&steps=300"


@dataclass
class Lab(Driver):
    """An open lab."""

    PATIENCE = PATIENCE

    def open(self, query: str = f"?{SMALL}") -> "Lab":
        self.begin(query)
        self.settle()
        return self

    def begin(self, query: str) -> None:
        """Open it, and leave it at work."""
        self.page.goto(f"/lab/{query}")
        self.page.wait_for_selector("body[data-ready]", timeout=PATIENCE)
        open_door(self.page, LAB)

    def settle(self) -> None:
        """Wait until the plot in view is whole and painted."""
        open_door(self.page, LAB)
        self.wait(
            "!edgewalk.lab.isUnderWay(edgewalk.lab.state, edgewalk.lab.state.plot)"
            " && document.querySelector('.panel:not([hidden])[data-drawn]')"
        )
        self.paint()

    def tab(self, name: str) -> Locator:
        return self.page.get_by_role("tab", name=name, exact=True)

    @property
    def map(self) -> Locator:
        return self.page.get_by_role("application")

    def type_into(self, field: str, text: str) -> None:
        self.page.fill(f"#{field}", text)
        self.page.keyboard.press("Enter")
        self.settle()

    def text(self, name: str) -> str:
        return self.page.inner_text(f"#{name}")

    def cell(self, row: int, column: int) -> dict[str, Any]:
        """What the page knows of a cell."""
        return self.page.evaluate(
            "([row, column]) => edgewalk.lab.state.cells.at(row, column)", [row, column]
        )

    def pixel_of(self, row: int, column: int) -> tuple[float, float]:
        """The middle of a cell in the window."""
        x, y = self.page.evaluate(
            """([row, column]) => {
                const { size } = document.querySelector('#map-plot canvas');
                const box = edgewalk.map.frameOf(edgewalk.lab.state, size);
                const { rows, columns } = edgewalk.lab.state.cells;
                return edgewalk.canvas.inWindow(document.getElementById('map-plot'), [
                    box.left + ((row + 0.5) / rows) * box.width,
                    box.top + (1 - (column + 0.5) / columns) * box.height]);
            }""",
            [row, column],
        )
        return x, y

    def ink_at(self, plot: str, x: float, y: float) -> list[int]:
        """The colour [r, g, b, alpha] that a plot's lower canvas has at a point of the window."""
        return self.page.evaluate(
            """([plot, x, y]) => {
                const host = document.getElementById(plot);
                const canvas = host.querySelector('canvas');
                const edge = host.getBoundingClientRect();
                const density = canvas.width / edge.width;
                const at = [x - edge.left, y - edge.top].map((far) => Math.round(far * density));
                const pen = new OffscreenCanvas(1, 1).getContext('2d');
                pen.drawImage(canvas, -at[0], -at[1]);
                return [...pen.getImageData(0, 0, 1, 1).data];
            }""",
            [plot, x, y],
        )

    def painted(self, plot: str, canvas: int = 0) -> int:
        """How many pixels of a plot's canvas are not empty."""
        return self.page.evaluate(
            """([plot, index]) => {
                const canvas = document.getElementById(plot).querySelectorAll('canvas')[index];
                const { width, height } = canvas;
                const pen = new OffscreenCanvas(width, height).getContext('2d');
                pen.drawImage(canvas, 0, 0);
                const { data } = pen.getImageData(0, 0, width, height);
                let count = 0;
                for (let k = 3; k < data.length; k += 4) count += data[k] > 0;
                return count;
            }""",
            [plot, canvas],
        )

    def ink(self, name: str) -> list[int]:
        """A custom property of the current scheme as [r, g, b, 255]."""
        text = self.page.evaluate(
            "(name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()",
            f"--{name}",
        )
        return [*bytes.fromhex(text.lstrip("#")), 255]
