"""The notebooks in a real JupyterLab: opened, run whole, looked at."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from auditbook.chain.order import STEPS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: apt-get install chromium"),
]

RUN_ALL = """
async () => {
  const app = window.jupyterapp;
  await app.commands.execute('notebook:run-all-cells');
  const cells = app.shell.currentWidget.content.model.sharedModel.toJSON().cells;
  return cells.filter(cell => cell.cell_type === 'code');
}
"""
READY = """
() => {
  const widget = window.jupyterapp?.shell?.currentWidget;
  return widget?.sessionContext?.session?.kernel?.status === 'idle'
      && widget.content?.widgets?.length > 3;
}
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory, root, kunming_run):
    """A JupyterLab on a copy of the project, with the working papers of a finished run."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(root / "notebooks", home / "notebooks")
    shutil.copytree(root / "data", home / "data")
    shutil.copytree(kunming_run, home / "outputs" / "kunming-grid" / "2018")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AUDITBOOK_")}
    environment |= {"JUPYTER_CONFIG_DIR": str(home / "config"), "HOME": str(home)}
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
        f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=",
        f"--ServerApp.root_dir={home}", "--LabApp.expose_app_in_browser=True",
        "--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    with (home / "lab.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait_until_up(f"http://127.0.0.1:{port}/lab", server, home / "lab.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


@pytest.mark.parametrize("name", [step.name for step in STEPS])
def test_a_notebook_runs_whole_by_hand_with_the_committed_outputs(name, lab, browser, root):
    page = browser.new_page(viewport={"width": 1400, "height": 1800})
    page.goto(f"{lab}/lab/tree/notebooks/{name}.ipynb?reset", wait_until="domcontentloaded")
    page.wait_for_function(READY, timeout=90_000)

    cells = page.evaluate(RUN_ALL)

    committed = json.loads((root / "notebooks" / f"{name}.ipynb").read_text("utf-8"))["cells"]
    committed = [cell for cell in committed if cell["cell_type"] == "code"]
    assert len(cells) == len(committed)
    for cell, expected in zip(cells, committed, strict=True):
        assert cell["execution_count"]
        assert [kinds(o) for o in cell["outputs"]] == [kinds(o) for o in expected["outputs"]]
    folder = os.environ.get("AUDITBOOK_SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png")
    page.close()


def kinds(output):
    """What an output is, and its text: an error is neither a table nor a chart."""
    data = output.get("data", {})
    text = data.get("text/plain", "")
    return output["output_type"], sorted(data), "".join(text)


def _wait_until_up(address, server, log):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(log.read_text("utf-8", errors="replace")[-2000:])
