"""A real browser against a live server. Every page that a test opens must be free of console errors and policy violations."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from accounts.models import User

# Playwright's loop runs in the test's thread, where Django would otherwise refuse to speak with the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
)
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    found = {"executable_path": CHROMIUM} if CHROMIUM else {}
    return browser_type_launch_args | found | {"args": SWITCHES}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"viewport": WIDE, "color_scheme": "light", "reduced_motion": "reduce"}


@dataclass
class Desk:
    """The browser of somebody who works here."""

    page: Page
    context: BrowserContext
    url: str
    troubles: list[str] = field(default_factory=list)
    # What a test provokes on purpose, such as the browser's line about a 404.
    expected: tuple[str, ...] = ()

    def sign_in(self, user: User) -> None:
        """By a session of Django's own; the sign-in page has tests of its own."""
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        self.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.url}])

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        self.page.evaluate("document.fonts.ready.then(() => true)")
        return self.page

    def check(self, *paths: str) -> None:
        """Each page, wide and on a phone, light and dark: nothing for axe to say, and nothing wider than the screen."""
        found = []
        for path in paths:
            self.open(path)
            for size in (WIDE, PHONE):
                self.page.set_viewport_size(size)
                for theme in ("light", "dark"):
                    self.page.emulate_media(color_scheme=theme)
                    where = f"{path} at {size['width']} px, {theme}"
                    if self.page.evaluate("document.documentElement.scrollWidth") > size["width"]:
                        found.append(f"{where}: wider than the screen")
                    found += [f"{where}: {complaint}" for complaint in self.complaints()]
        self.page.set_viewport_size(WIDE)
        self.page.emulate_media(color_scheme="light")
        assert found == []

    def check_here(self) -> None:
        """The page as it stands, with what is open on it."""
        assert self.complaints() == []

    def complaints(self) -> list[str]:
        """What axe has to say."""
        return [
            f"{violation['id']}: " + "; ".join(f"{node['target']} {node['failureSummary']}" for node in violation["nodes"][:3])
            for violation in Axe().run(self.page).response["violations"]
        ]


@pytest.fixture
def desk(live_server, django_db_serialized_rollback, page: Page, context: BrowserContext, settings) -> Iterator[Desk]:
    settings.ALLOWED_HOSTS = ["*"]
    browser = Desk(page=page, context=context, url=live_server.url)
    page.on("console", lambda line: browser.troubles.append(f"{line.type}: {line.text}") if line.type == "error" else None)
    page.on("pageerror", lambda error: browser.troubles.append(f"script: {error}"))
    yield browser
    unexpected = [line for line in browser.troubles if not any(words in line for words in browser.expected)]
    assert unexpected == []


@pytest.fixture
def press(desk: Desk) -> Callable[..., None]:
    """Keys one after another: `press("g", "p")`."""

    def keys(*names: str) -> None:
        for name in names:
            desk.page.keyboard.press(name)

    return keys
