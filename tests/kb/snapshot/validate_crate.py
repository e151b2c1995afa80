"""Validates a folder as an RO-Crate 1.1 with the validator of its makers; exit code 1 and the issues where it is none.

Run in an environment of its own, ``uv run --no-project --with roc-validator==0.13.0 --with rocrate==0.15.0``: the
validator pins versions of rich and click that are none of ours.  It would read the JSON-LD context from the web; here
it gets the copy of the same that ro-crate-py 0.15 carries.
"""

import importlib.util
import io
import json
import sys
from pathlib import Path
from typing import Any

CONTEXT = "https://w3id.org/ro/crate/1.1/context"


def answer(adapter: Any, request: Any, **_: object) -> Any:
    """Answer what is asked of the web: the context, and nothing else."""
    import requests
    from urllib3 import HTTPResponse

    if request.url != CONTEXT:
        raise requests.ConnectionError(f"nothing else is to be read from the web: {request.url}")
    # Not imported: rocrate would load all of its own.
    folder = importlib.util.find_spec("rocrate").submodule_search_locations[0]
    held = Path(folder, "data", "ro-crate.jsonld").read_bytes()
    assert json.loads(held)["@id"] == CONTEXT
    response = requests.Response()
    response.status_code, response.url, response.request = 200, request.url, request
    response.headers["Content-Type"] = "application/ld+json"
    response.raw = HTTPResponse(io.BytesIO(held), status=200, headers=response.headers, preload_content=False)
    return response


def main(folder: str) -> int:
    from requests.adapters import HTTPAdapter
    from rocrate_validator import services
    from rocrate_validator.models import Severity, ValidationSettings

    HTTPAdapter.send = answer
    settings = ValidationSettings(
        rocrate_uri=folder, profile_identifier="ro-crate-1.1", requirement_severity=Severity.REQUIRED
    )
    result = services.validate(settings)
    for issue in result.get_issues():
        sys.stdout.write(f"{issue.severity.name} {issue.check.identifier} {issue.message}\n")
    checked = len(result.executed_checks)
    sys.stdout.write(f"{checked} checks\n")
    return int(bool(result.get_issues()) or not checked)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
