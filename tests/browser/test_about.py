"""The page of claims: a picture that plays, and the head of every page."""

from playwright.sync_api import Page, expect


def test_the_picture_plays_and_follows_the_scheme(page: Page):
    page.goto("/about/")
    frame = page.frame_locator(".picture")
    expect(frame.get_by_role("button", name="Pause")).to_be_visible(timeout=60_000)
    expect(frame.locator("#story")).to_be_visible()
    expect(frame.get_by_role("combobox", name="Loss")).to_be_hidden()
    for now, other in (("dark", "Light"), ("light", "Dark")):
        page.get_by_role("banner").get_by_role("button").last.click()
        for place in (page, frame):
            expect(place.locator("html")).to_have_attribute("data-scheme", now)
        expect(page.get_by_role("button", name=other)).to_be_visible()
