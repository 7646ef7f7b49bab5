"""What is the same on every page, as a person finds it: by roles and names."""

from dataclasses import dataclass
from typing import Any, ClassVar

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

SERIOUS = ("serious", "critical")


@dataclass
class Driver:
    """An open page."""

    page: Page
    PATIENCE: ClassVar[int]
    """Milliseconds."""

    def settle(self) -> None:
        """Wait until what is asked for has come and is painted."""
        raise NotImplementedError

    def paint(self) -> None:
        """Wait for the next frame."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done()))")

    def wait(self, condition: str) -> None:
        """Wait until a JavaScript expression is true."""
        self.page.wait_for_function(f"() => {condition}", timeout=self.PATIENCE)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def slider(self, name: str) -> Locator:
        return self.page.get_by_role("slider", name=name, exact=True)

    @property
    def query(self) -> dict[str, str]:
        """The link."""
        return self.page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")

    def expect_query(self, **wanted: str) -> None:
        """Wait until the link says so."""
        self.page.wait_for_function(
            "(wanted) => Object.entries(wanted).every("
            "([k, v]) => new URLSearchParams(location.search).get(k) === v)",
            arg=wanted,
            timeout=self.PATIENCE,
        )

    def assert_accessible_in_both_schemes(self, width: int) -> None:
        """So, opened in the dark as the system has it, and then by the page's own button."""
        for scheme, other in (("dark", "Light"), ("light", "Dark")):
            assert self.page.evaluate("document.documentElement.dataset.scheme") == scheme
            self.assert_accessible_within(width)
            self.button(other).click()
            self.settle()

    def assert_accessible_within(self, width: int) -> None:
        """Nothing spills over, and Axe finds nothing serious."""
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(self.page).response["violations"]
        serious = [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in SERIOUS]
        assert not serious, serious


def context_of(size: tuple[int, int], scheme: str, phone: bool) -> dict[str, Any]:
    """What a browser's context is made with."""
    width, height = size
    return {
        "viewport": {"width": width, "height": height},
        "color_scheme": scheme,
        "has_touch": phone,
        "is_mobile": phone,
    }
