"""The project as others install it: wheel, sdist and editable install, each in a clean environment.

The installs are marked ``packaging``: they take a minute or more, so ``make test`` leaves them to ``make packaging``,
which ``.ci/run`` calls.  The tests of names are quick and always run.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
OURS = {"kb", "extractors", "schema"}

# --- names: PyPI has a distribution called schema, so a dependency might bring one of ours -----------------


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(roots: Sequence[str]) -> dict[str, metadata.Distribution]:
    """Give the installed distributions that the requirements bring, through every level, without extras."""
    found: dict[str, metadata.Distribution] = {}
    waiting = list(roots)
    while waiting:
        requirement, _, marker = waiting.pop().partition(";")
        match = re.match(r"\s*([A-Za-z0-9._-]+)", requirement)
        assert match, requirement
        name = normal(match[1])
        if "extra" in marker or name in found:
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            assert marker, f"{name} is required, but it is not installed"  # else: for another platform or Python
            continue
        waiting += found[name].requires or []
    return found


def top_levels(distribution: metadata.Distribution) -> set[str]:
    """Give the top-level import names that a distribution puts beside ours."""
    return {Path(file).parts[0].partition(".")[0] for file in distribution.files or []}


def test_no_dependency_owns_a_name_of_ours():
    dependencies = closure(PROJECT["dependencies"])
    assert {"click", "numpy", "pymatgen", "textual", "contourpy"} <= dependencies.keys()  # direct ones, one below
    taken = {name: top_levels(d) & OURS for name, d in dependencies.items()}
    assert {name: names for name, names in taken.items() if names} == {}


def test_a_taken_name_would_be_seen(tmp_path):
    for module in ("schema.py", "schema/__init__.py"):
        (tmp_path / module).parent.mkdir(exist_ok=True)
        (tmp_path / module).touch()
        info = tmp_path / "other-1.0.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
        (info / "RECORD").write_text(f"{module},,\nother-1.0.dist-info/METADATA,,\n")
        assert top_levels(metadata.Distribution.at(info)) & OURS == {"schema"}


def test_what_chemdataextractor_asks_for_and_does_not_need_is_not_installed():
    try:
        version = metadata.version("chemdataextractor2")
    except metadata.PackageNotFoundError:
        pytest.skip("ChemDataExtractor is not installed")
    pins = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]["chemdata"]
    assert f"chemdataextractor2=={version}" in pins
    installed = {normal(d.metadata["Name"]) for d in metadata.distributions()}
    assert not installed & {"torch", "stanza", "transformers", "tokenizers", "selenium", "django", "boto3"}


# --- installs ---------------------------------------------------------------------------------------------

UV = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
CHECK = """
import json, sys
from importlib import metadata, resources
import extractors, kb, schema
import kb.screening._core as core
front = bytearray(3)
core.pareto_front(memoryview(bytes(48)).cast("d", (3, 2)), front)
print(json.dumps({
    "front": list(front),
    "core": core.__file__,
    "folders": [kb.__file__, extractors.__file__, schema.__file__],
    "owners": {n: o for n, o in metadata.packages_distributions().items() if n in ("kb", "extractors", "schema")},
    "data": {n: len(resources.files("schema").joinpath(n).read_text("utf-8"))
             for n in ("metrics.toml", "materials.toml", "units.txt", "tables.sql", "filter.lark")}
    | {n: len(resources.files("kb").joinpath(n).read_text("utf-8"))
       for n in ("web/templates/base.html", "web/static/kb.css")},
    "numpy": "numpy" in sys.modules,
}))
"""


def run(*command: str | Path, cwd: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=800)
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def new_environment(path: Path, *install: str | Path) -> Path:
    """Make a clean environment with something installed in it; give its folder of programs."""
    programs = path / ("Scripts" if os.name == "nt" else "bin")
    if UV:
        run(UV, "venv", "--quiet", "--python", sys.executable, path, cwd=path.parent)
        run(UV, "pip", "install", "--quiet", "--python", programs / "python", *install, cwd=path.parent)
    else:
        run(sys.executable, "-m", "venv", path, cwd=path.parent)
        run(programs / "python", "-m", "pip", "install", "--quiet", *install, cwd=path.parent)
    return programs


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a fresh clone would hold: the files that are not ignored, without what builds left behind here."""
    target = tmp_path_factory.mktemp("clone") / "project"
    tracked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(tracked, cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.fail("needs a git checkout, to know which files belong to the project")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


@pytest.fixture(scope="session")
def built(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Build the sdist, and from the sdist the wheel: (wheel, sdist)."""
    folder = tmp_path_factory.mktemp("built")
    if UV:
        run(UV, "build", "--quiet", "--python", sys.executable, "--out-dir", folder, clone, cwd=folder)
    else:
        programs = new_environment(folder / "tools", "build")
        run(programs / "python", "-m", "build", "--outdir", folder, clone, cwd=folder)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


def check(programs: Path, where: Path, core: Path) -> dict[str, object]:
    """Use an installed project from an empty folder; give what it said of itself."""
    empty = programs.parent / "empty"
    empty.mkdir()
    said = json.loads(run(programs / "python", "-c", CHECK, cwd=empty))
    assert said["front"] == [1, 1, 1]
    assert min(said["data"].values()) > 0
    assert Path(said["core"]).is_relative_to(core)
    for folder in said["folders"]:
        assert Path(folder).is_relative_to(where)
    assert not said["numpy"]
    help_text = run(programs / "kb", "--help", cwd=empty)
    for command in ("ingest", "find", "show", "rank", "sql", "export"):
        assert command in help_text
    return said


@pytest.mark.packaging
def test_wheel_holds_every_file_of_the_packages_and_nothing_else(clone, built):
    wheel, _ = built
    assert re.fullmatch(r"lithium_anode_kb-[0-9.]+-cp311-abi3-\w+\.whl", wheel.name)
    names = {n for n in zipfile.ZipFile(wheel).namelist() if not n.endswith("/")}
    packed = {n for n in names if ".dist-info/" not in n}
    core = {n for n in packed if n.startswith("kb/screening/_core.") and not n.endswith(".pyi")}
    assert len(core) == 1
    sources = {p.relative_to(clone).as_posix() for top in OURS for p in (clone / top).rglob("*") if p.is_file()}
    assert packed - core == {n for n in sources if not n.startswith("kb/screening/core/")}
    assert any(n.endswith(".dist-info/licenses/LICENSE") for n in names)


@pytest.mark.packaging
def test_sdist_holds_what_a_build_and_a_test_run_need(built):
    _, sdist = built
    with tarfile.open(sdist) as archive:
        names = {n.partition("/")[2] for n in archive.getnames()}
    assert {"CMakeLists.txt", "kb/screening/core/module.c", "kb/screening/core/ranking.h", "LICENSE"} <= names
    assert {"README.md", "CHANGELOG.md", "Makefile", "corpus/sources.toml", "tests/test_packaging.py"} <= names
    assert not [n for n in names if n.endswith((".so", ".sqlite", ".pyc"))]


@pytest.mark.packaging
def test_wheel_installs_and_alone_owns_our_names(built, tmp_path):
    programs = new_environment(tmp_path / "env", built[0])
    said = check(programs, tmp_path / "env", tmp_path / "env")
    assert said["owners"] == {name: ["lithium-anode-kb"] for name in OURS}
    asked = [programs / "kb", "mine", ROOT / "corpus" / "pmma_pvdf_cu.md", "--miner", "chemdata"]
    told = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert "ChemDataExtractor 2.4.1 is not installed" in told.stderr


@pytest.mark.packaging
def test_sdist_installs(built, tmp_path):
    programs = new_environment(tmp_path / "env", built[1])
    check(programs, tmp_path / "env", tmp_path / "env")


@pytest.mark.packaging
def test_editable_install_runs_the_checkout(clone, tmp_path):
    programs = new_environment(tmp_path / "env", "--editable", clone)
    check(programs, clone, tmp_path / "env")
    added = clone / "kb" / "added_after_the_install.py"
    added.write_text("WORD = 'seen'\n")
    try:
        said = run(programs / "python", "-c", "from kb.added_after_the_install import WORD; print(WORD)", cwd=tmp_path)
    finally:
        added.unlink()
    assert said.strip() == "seen"
