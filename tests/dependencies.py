"""What the project leans on: under which licences it is, and what is known against it.

``python tests/dependencies.py licences`` lists the installed requirements of the package, those of its requirements
too, and fails where one may not be passed on with ours.  ``python tests/dependencies.py audit`` asks pip-audit, which
asks a service on the network; more words go to pip-audit.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

PROJECT = "lithium-anode-kb"
# LGPL is no GPL: a library under it may be used by anybody.
FORBIDDEN = re.compile(r"(?<!L)(?<!Lesser )\b(?:AGPL|GPL|SSPL)|(?<!Lesser )General Public|Affero", re.IGNORECASE)
AGREED = re.compile(r"\bOR\b")  # SPDX: whoever uses it chooses


def requirements(name: str = PROJECT, extras: Sequence[str] = ()) -> dict[str, Distribution]:
    """Give the installed requirements of a distribution by name, those of its requirements among them."""
    found: dict[str, Distribution] = {}
    left = [(name, frozenset(extras))]
    while left:
        asked, wanted = left.pop()
        for needed, more in _needed(distribution(asked), wanted):
            key = re.sub(r"[-_.]+", "-", needed).lower()
            if key in found:
                continue
            try:
                found[key] = distribution(needed)
            except PackageNotFoundError:  # of another system
                continue
            left.append((needed, more))
    return dict(sorted(found.items()))


def _needed(of: Distribution, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    from packaging.requirements import Requirement

    for text in of.requires or ():
        requirement = Requirement(text)
        marks = [{"extra": extra} for extra in extras] or [{"extra": ""}]
        if requirement.marker is None or any(requirement.marker.evaluate(mark) for mark in marks):
            yield requirement.name, frozenset(requirement.extras)


def licence(of: Distribution) -> str:
    """Give the licence that a distribution states: its SPDX expression, else its classifiers, else what it writes."""
    said = of.metadata
    if expression := said.get("License-Expression"):
        return str(expression)
    listed = [c.rpartition(" :: ")[2] for c in said.get_all("Classifier") or () if c.startswith("License ::")]
    if told := [c for c in listed if c != "OSI Approved"]:
        return ", ".join(told)
    return (said.get("License") or "not stated").strip().splitlines()[0]


def allowed(told: str) -> bool:
    """Say whether what is under a licence may be a requirement: where there is a choice, by one of it."""
    return told != "not stated" and any(not FORBIDDEN.search(choice) for choice in AGREED.split(told))


def licences() -> int:
    """Print each requirement with its licence; 1 where one is not allowed."""
    bad = 0
    for name, of in requirements().items():
        told = licence(of)
        bad += not allowed(told)
        sys.stdout.write(f"{name:<24}{of.version:<16}{told}{'' if allowed(told) else '   <- not allowed'}\n")
    return int(bad > 0)


def audit(words: Sequence[str]) -> int:
    """Ask what is known against the installed requirements; 1 where something is, 2 where not all could be asked."""
    pinned = "".join(f"{name}=={of.version}\n" for name, of in requirements().items())
    line = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "--format", "json", "-s", "osv"]
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, "requirements.txt")
        listed.write_text(pinned, "utf-8")
        line += ["--progress-spinner", "off", "--requirement", str(listed), *words]
        done = subprocess.run(line, capture_output=True, text=True, check=False)
    try:
        told = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        reason = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        sys.stderr.write(f"nothing was audited, as the service cannot be reached: {reason}\n")
        return 2
    known = [(one["name"], one["version"], fault) for one in told for fault in one.get("vulns", ())]
    skipped = [one["name"] for one in told if "skip_reason" in one]
    for name, version, fault in known:
        mended = ", ".join(fault["fix_versions"]) or "no version yet"
        sys.stdout.write(f"{name} {version}: {fault['id']}, mended in {mended}\n")
    if skipped:
        sys.stderr.write(f"not audited: {', '.join(skipped)}\n")
    sys.stdout.write(f"{len(told) - len(skipped)} requirements audited, {len(known)} known faults\n")
    return 1 if known else 2 * bool(skipped)


if __name__ == "__main__":
    sys.exit(licences() if sys.argv[1] == "licences" else audit(sys.argv[2:]))
