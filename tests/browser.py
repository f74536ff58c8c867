"""A real browser against a real server: granian as its own process, on the test database of this worker.

`open_page(operator, ...)` gives a page on that operator's host name. A request to any other host fails the test.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.base import AXE_SCRIPT

# The same browser without its windows: opening a page takes a sixth of the processor time.
CHROMIUM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium-headless-shell"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TELEPHONE, DESK = 390, 1280
# What is read and done on a telephone is read and done at a desk too in the long tests.
WIDTHS = [TELEPHONE, pytest.param(DESK, marks=pytest.mark.soak)]
LIGHT_AND_DARK = [(TELEPHONE, "fr", True), pytest.param(DESK, "nl", False, marks=pytest.mark.soak)]
FETCH = """async (path) => {
  const answer = await fetch(path);
  return [answer.status, answer.headers.get("content-type"), Array.from(new Uint8Array(await answer.arrayBuffer()))];
}"""
UNFOLD = "document.querySelectorAll('main details').forEach((part) => { part.open = true })"
AXE = """axe.run({resultTypes: ["violations"]}).then((found) => found.violations.flatMap(
  (one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)}`)))"""


@dataclass(frozen=True)
class Site:
    """The running server."""

    port: int

    def url(self, operator: str, path: str = "/") -> str:
        """An address at an operator's host name."""
        return f"http://{operator}.localhost:{self.port}{path}"


@pytest.fixture(scope="session")
def site(django_db_setup: None) -> Iterator[Site]:
    """One server for all browser tests of this worker, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
        "ligneclaire.config.wsgi:application",
    ]  # fmt: skip
    server = subprocess.Popen(command)
    try:
        _wait_until_it_answers(server, port)
        yield Site(port)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_until_it_answers(server: subprocess.Popen[bytes], port: int) -> None:
    tick = threading.Event()
    for _try in range(300):
        if server.poll() is not None:
            pytest.fail(f"the server ended with {server.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            tick.wait(0.1)
    pytest.fail("the server did not answer in 30 seconds")


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """One browser for all tests of this worker."""
    from playwright.sync_api import sync_playwright

    # The browser's own loop runs in this thread; our calls to the database are still plain ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page of one visitor, and what a test wants to know of it."""

    page: object
    site: Site
    operator: str
    strange: list[str] = field(default_factory=list)

    def go(self, path: str) -> int:
        """Open a path; the status of the answer."""
        answer = self.page.goto(self.site.url(self.operator, path))  # type: ignore[attr-defined]
        return int(answer.status)

    def sign_in(self, login: str, password: str) -> None:
        """Sign in as a person does."""
        self.go("/sign-in/")
        self.page.fill("input[name=login]", login)  # type: ignore[attr-defined]
        self.page.fill("input[name=password]", password)  # type: ignore[attr-defined]
        self.page.click("main form button")  # type: ignore[attr-defined]

    def speak(self, language: str) -> None:
        """Have every page from now on in a language."""
        cookie = {"name": "language", "value": language, "url": self.site.url(self.operator)}
        self.page.context.add_cookies([cookie])  # type: ignore[attr-defined]

    def reads_well(self, path: str, heading: str, *, status: int = 200) -> None:
        """Open a path: its only heading holds this text; with everything unfolded axe finds nothing, and nothing
        scrolls sideways at any width."""
        assert self.go(path) == status, path
        assert heading in self.text("h1").replace("\u00a0", " ").replace("\u202f", " "), path
        assert self.page.locator("h1").count() == 1, path  # type: ignore[attr-defined]
        self.page.evaluate(UNFOLD)  # type: ignore[attr-defined]
        assert self.violations() == [], path
        size = self.page.viewport_size  # type: ignore[attr-defined]
        for width in (DESK, TELEPHONE, size["width"]):
            self.page.set_viewport_size({**size, "width": width})  # type: ignore[attr-defined]
            assert self.is_as_wide_as_the_window(), f"{path} at {width}"

    def fetch(self, path: str) -> tuple[int, str, bytes]:
        """Status, type and body of an address, asked for by the page itself with its cookies."""
        status, kind, body = self.page.evaluate(FETCH, path)  # type: ignore[attr-defined]
        return status, kind, bytes(body)

    def text(self, selector: str = "main") -> str:
        """What a person reads there, blanks as single blanks."""
        return " ".join(self.page.inner_text(selector).split())  # type: ignore[attr-defined]

    def is_as_wide_as_the_window(self) -> bool:
        """Whether nothing scrolls sideways."""
        return bool(
            self.page.evaluate(  # type: ignore[attr-defined]
                "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            )
        )

    def violations(self) -> list[str]:
        """What axe's default rules find on the page as it is."""
        self.page.evaluate(AXE_SCRIPT)  # type: ignore[attr-defined]
        return list(self.page.evaluate(AXE))  # type: ignore[attr-defined]


OpenPage = Callable[..., Visit]


@pytest.fixture
def open_page(database: None, site: Site, chromium: object) -> Iterator[OpenPage]:
    """`open_page("rural", width=390, language="fr")`: a new visitor with an empty browser."""
    visits: list[tuple[Visit, object]] = []

    def opened(operator: str, *, width: int = DESK, language: str = "fr", dark: bool = False) -> Visit:
        context = chromium.new_context(  # type: ignore[attr-defined]
            viewport={"width": width, "height": 900}, locale=language, color_scheme="dark" if dark else "light"
        )
        visit = Visit(context.new_page(), site, operator)

        def only_ours(route: object) -> None:
            address = route.request.url  # type: ignore[attr-defined]
            if address.startswith(site.url(operator)) or address.startswith(("data:", "blob:")):
                route.continue_()  # type: ignore[attr-defined]
            else:
                visit.strange.append(address)
                route.abort()  # type: ignore[attr-defined]

        context.route("**/*", only_ours)
        visits.append((visit, context))
        return visit

    yield opened
    for _visit, context in visits:
        context.close()  # type: ignore[attr-defined]
    assert not [address for visit, _context in visits for address in visit.strange], "a request left for another host"
