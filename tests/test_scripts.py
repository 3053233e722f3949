"""The scripts of the pages: their types, their style, and what they may not do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests import node

LINES = 150
COMMENT = re.compile(r"/\*.*?\*/|(?:^|(?<=\s))//[^\n]*", re.DOTALL)
FORBIDDEN = {
    "keeps something in the browser": r"\b(localStorage|sessionStorage|indexedDB|cookieStore|cookie|caches)\b",
    "lives on after the page": r"\b(serviceWorker|SharedWorker|sendBeacon)\b",
    "adds to the history": r"\b(pushState|replaceState|location\.(hash|assign)|location(\.href)?\s*=[^=])",
    "writes HTML into the page": r"\b(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|document\.write(ln)?)\b",
    "runs text as code": r"\b((eval|Function)\s*\(|set(Timeout|Interval)\s*\(\s*[\"'`])",
    "asks which site is around it: a browser may hide that": r"\bancestorOrigins\b",
    "loads a module from elsewhere": r"\bimport\b(?!\.meta\b)(?!\s*\(?\s*([\w*{},\s]*\bfrom\s*)?[\"']\./)",
}
scripts = pytest.mark.parametrize("script", node.SCRIPTS, ids=lambda path: path.name)


def test_types() -> None:
    """The TypeScript compiler, strict, finds nothing wrong; the types stand in comments, nothing is built."""
    done = node.check_types()
    assert done.returncode == 0, f"\n{done.stdout}{done.stderr}"
    assert {str(script) for script in node.SCRIPTS} <= set(done.stdout.splitlines())


def test_lint_and_format() -> None:
    """Biome finds nothing to lint or to format; `python -m tests.node fix` corrects what it can."""
    done = node.check_style()
    assert done.returncode == 0, f"\n{done.stdout}{done.stderr}"
    assert int(re.findall(r"Checked (\d+) file", done.stdout)[0]) > len(node.SCRIPTS)


@scripts
def test_a_script_is_short_and_says_its_licence(script: Path) -> None:
    """Somebody can read a script from beginning to end, and knows what may be done with it."""
    lines = script.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "// SPDX-License-Identifier: EUPL-1.2"
    assert len(lines) <= LINES


@scripts
def test_a_script_does_nothing_that_the_safety_contract_rules_out(script: Path) -> None:
    """Not even unused: nothing is kept, no history entry, no HTML or code out of text, no module from elsewhere."""
    code = COMMENT.sub("", script.read_text(encoding="utf-8"))
    assert [(harm, found[0]) for harm, search in FORBIDDEN.items() for found in re.finditer(search, code)] == []


@pytest.mark.parametrize(
    ("harm", "code", "found"),
    [
        ("keeps something in the browser", "keep(); // no cookie", False),
        ("keeps something in the browser", "// keep\nsessionStorage.clear(); /* keep */", True),
        ("keeps something in the browser", "document.cookie = 1", True),
        ("keeps something in the browser", 'credentials: "omit"', False),
        ("adds to the history", "location.href = exit", True),
        ("adds to the history", "location.replace(exit)", False),
        ("writes HTML into the page", "place.innerHTML = html", True),
        ("runs text as code", 'eval("1")', True),
        ("runs text as code", 'setTimeout("leave()", 5)', True),
        ("runs text as code", "setTimeout(() => leave(), 5)", False),
        ("runs text as code", "setTimeout(leave, 5)", False),
        ("runs text as code", "new Function(text)", True),
        ("loads a module from elsewhere", 'import { html } from "https://example.org/lit.js"', True),
        ("loads a module from elsewhere", "await import(name)", True),
        ("loads a module from elsewhere", 'import "lit"', True),
        ("loads a module from elsewhere", 'import { wipe } from "./leave.js"', False),
        ("loads a module from elsewhere", "new URL(import.meta.url)", False),
    ],
)
def test_the_search_for_harm_finds_it(harm: str, code: str, found: bool) -> None:
    """The patterns above see what they are for, and leave alone what is good."""
    assert bool(re.search(FORBIDDEN[harm], COMMENT.sub("", code))) is found


def test_nothing_of_a_package_reaches_a_visitor() -> None:
    """Packages only check: there is no dependency at run time, and each version is exact."""
    package = json.loads((node.FOLDER / "package.json").read_text(encoding="utf-8"))
    assert "dependencies" not in package
    assert [version for version in package["devDependencies"].values() if not version[0].isdigit()] == []
