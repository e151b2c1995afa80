"""Pass the tests of the C core with the core of a folder instead of the installed one: ``make sanitize``."""

import sys
from pathlib import Path

import pytest


def main(folder: Path) -> int | str:
    # An editable installation finds its modules before any path is looked at.
    sys.meta_path = [finder for finder in sys.meta_path if "Redirecting" not in type(finder).__name__]
    sys.path.insert(0, str(folder))
    from kb.screening import _core

    if not Path(_core.__file__).is_relative_to(folder):
        return f"the core that was loaded is {_core.__file__}, not one of {folder}"
    tests = [str(Path(__file__).with_name(name)) for name in ("test_core.py", "test_cycling.py", "test_traces.py")]
    return pytest.main(["-p", "no:cacheprovider", "--import-mode=importlib", *tests])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
