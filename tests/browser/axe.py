"""What axe finds on a page, as it stands."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# The style sheets are fetched and read anew at each look for one rule only, which is on trial and not asked.
VIOLATIONS = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"], preload: { assets: ["media"] } });
    return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, html, failureSummary }) => `${id}: ${target} ${html.slice(0, 120)} ${failureSummary}`));
}"""


def violations(page: Page) -> list[str]:
    """The rule, where, and what is wrong. A document is given axe once: to read it costs as much as half a look."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(VIOLATIONS)
    return found
