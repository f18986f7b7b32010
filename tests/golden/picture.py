"""Makes the pictures beside the golden files with a headless Chromium: ``python -m tests.golden.picture``.

``report.png`` shows ``report.html`` as it is opened; ``app-screen.png`` is the screenshot that the full ticket carries.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

GOLDEN = Path(__file__).parent

APP_SCREEN = """<!doctype html><meta charset="utf-8"><style>
  body { margin: 0; width: 360px; height: 640px; font: 15px/1.5 sans-serif; color: #1d2430; background: #f3f1ee }
  header { background: #24364f; color: #fff; padding: 26px 20px 16px; font-size: 17px; font-weight: 600 }
  main { margin: 20px; background: #fff; border-radius: 14px; padding: 30px 24px; text-align: center }
  .sign { width: 60px; height: 60px; margin: 0 auto 18px; border-radius: 50%; background: #c8442f; color: #fff;
    font: 700 34px/60px sans-serif }
  h1 { font-size: 20px; margin: 0 0 10px } p { margin: 0 0 14px; color: #4b5563 } small { color: #6b7280 }
  .row { display: flex; justify-content: space-between; border-top: 1px solid #e5e7eb; padding: 11px 0;
    text-align: left }
  .button { background: #24364f; color: #fff; border-radius: 24px; padding: 12px; font-weight: 600; margin-top: 20px }
</style><header>Fjordbutikken</header><main><div class="sign">!</div><h1>Betalingen mislykkedes</h1>
<p>Der er ikke trukket penge. Prøv igen, eller vælg en anden betalingsmåde.</p>
<div class="row"><span>Ordre</span><b>1048-2213</b></div><div class="row"><span>Beløb</span><b>249,00 kr.</b></div>
<div class="row"><span>Tidspunkt</span><b>14.02</b></div><div class="button">Prøv igen</div>
<p style="margin:14px 0 0"><small>Fejl 409</small></p></main>"""


def take(page: Path, picture: Path, width: int, height: int) -> None:
    """Write what Chromium shows of ``page`` in a window of that size."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.exit("Chromium is not installed; on Debian: apt install chromium")
    with tempfile.TemporaryDirectory() as profile:
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--hide-scrollbars",
        ]
        options += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
        options += [f"--user-data-dir={profile}", f"--window-size={width},{height}", f"--screenshot={picture}"]
        subprocess.run([program, *options, page.resolve().as_uri()], check=True, capture_output=True, timeout=120)


def main() -> None:
    """Make both pictures anew."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "app.html")
        page.write_text(APP_SCREEN, encoding="utf-8")
        take(page, GOLDEN / "app-screen.png", 360, 640)
    take(GOLDEN / "report.html", GOLDEN / "report.png", 1200, 1500)


if __name__ == "__main__":
    main()
