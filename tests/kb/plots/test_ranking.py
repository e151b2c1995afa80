"""The ranking figure: what stands in it is read back from the SVG; its form from the PNG."""

import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from kb.plots.ranking import MOST_ROWS, plot_ranking
from kb.plots.style import FORMATS, axis_label
from kb.screening.rank import Candidate, Observation, parse_criterion, rank
from schema.errors import BadOutput, OutOfRange
from schema.vocabulary import vocabulary

CRITERIA = [parse_criterion(text) for text in ("coulombic_efficiency:max", "cycling_hours:max", "overpotential:min")]


def candidates():
    coated = {
        "coulombic_efficiency": Observation(98.3, "percent", control=Observation(97.2, "percent")),
        "cycling_hours": Observation(1400, "h", qualifier=">", control=Observation(400, "h")),
        "overpotential": Observation(0.02, "V", 0.035, "range"),
    }
    return [
        Candidate("PMMA@Cu", "first paper", 1, coated),
        Candidate("LiF", "second paper", 2, {"coulombic_efficiency": Observation(90.0, "percent")}),
        Candidate("LiF", "third paper", 3, {"cycling_hours": Observation(90, "h")}),
        Candidate("costs $5 or $x_1$", "fourth paper", 4, {"overpotential": Observation(50, "mV")}),
    ]


def texts(path):
    return ["".join(e.itertext()).strip() for e in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")]


def draw(tmp_path, rows, criteria=CRITERIA, name="ranking.svg"):
    return plot_ranking(rank(rows, criteria), criteria, tmp_path / name)


def test_figure_names_candidates_axes_units_effects_and_scores(tmp_path):
    found = texts(draw(tmp_path, candidates()))
    joined = " ".join(found)
    for wanted in ("PMMA@Cu  1", "loss ×0.61", "≥ ×3.5 longer", "1.00", "Score"):
        assert wanted in found, found
    squeezed = re.sub(r"\s", "", joined)  # mathematics is set letter by letter
    for axis in ("Coulombicefficiency,", "[%]", "Cyclinghours,", "[h]", "Overpotential,", "[mV]", "η"):
        assert axis in squeezed
    for mark in ("on the Pareto front", "dominated", "the paper's own control", "bound, not a value", "range, counted"):
        assert mark in joined


def test_same_names_are_told_apart_by_the_paper_and_dollars_are_letters(tmp_path):
    joined = " ".join(texts(draw(tmp_path, candidates())))
    assert "second paper" in joined and "third paper" in joined
    assert "first paper" not in joined
    assert "costs $5 or $x_1$" in joined


def test_legend_explains_only_what_is_there(tmp_path):
    plain = [Candidate("a", "p", 1, {"overpotential": Observation(20, "mV")})]
    joined = " ".join(texts(draw(tmp_path, plain, CRITERIA[2:])))
    assert "on the Pareto front" in joined
    for mark in ("dominated", "control", "bound", "range"):
        assert mark not in joined


def test_png_is_large_enough_to_print(tmp_path):
    path = draw(tmp_path, candidates(), name="ranking.png")
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", head[16:24])
    assert width > 1500 and height > 500


def test_the_same_ranking_gives_the_same_file(tmp_path):
    one, two = draw(tmp_path, candidates(), name="a.svg"), draw(tmp_path, candidates(), name="b.svg")
    assert one.read_bytes() == two.read_bytes()


def test_values_over_decades_get_a_logarithmic_axis(tmp_path):
    criterion = [parse_criterion("ionic_conductivity")]
    rows = [Candidate(f"c{v}", "p", v, {"ionic_conductivity": Observation(v, "S/cm")}) for v in (1e-7, 1e-4, 1e-3)]
    assert "10−5" in re.sub(r"\s", "", " ".join(texts(draw(tmp_path, rows, criterion))))


def test_long_rankings_say_that_they_are_cut(tmp_path):
    rows = [Candidate(f"c{i:03}", "p", i, {"overpotential": Observation(20 + i, "mV")}) for i in range(MOST_ROWS + 5)]
    found = texts(draw(tmp_path, rows, CRITERIA[2:]))
    assert f"the first {MOST_ROWS} of {MOST_ROWS + 5} candidates" in found
    assert f"c{MOST_ROWS - 1:03}  {MOST_ROWS}" in found
    assert not any(f"c{MOST_ROWS:03}" in text for text in found)


@pytest.mark.parametrize("name", ["ranking.jpeg", "ranking", "missing/ranking.png"])
def test_a_path_that_cannot_be_written_is_refused_with_the_remedy(tmp_path, name):
    with pytest.raises(BadOutput, match="create it first" if "/" in name else "end the name in .png, .svg, .pdf"):
        draw(tmp_path, candidates(), name=name)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_ranking_is_refused(tmp_path):
    with pytest.raises(OutOfRange, match="nothing to plot"):
        plot_ranking([], CRITERIA, tmp_path / "ranking.png")


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_named_format_is_written(tmp_path, suffix):
    assert draw(tmp_path, candidates()[:1], CRITERIA[:1], f"r{suffix}").stat().st_size > 1000


def test_every_metric_has_an_axis_label_that_can_be_drawn():
    from matplotlib.mathtext import MathTextParser

    parser = MathTextParser("path")
    for name, metric in vocabulary().metrics.items():
        label = axis_label(name)
        parser.parse(label)
        assert metric.unit == "1" or label.endswith("]"), label


def test_drawing_needs_no_screen_and_importing_loads_no_matplotlib():
    code = "import sys, kb.plots.kinds, kb.plots.ranking; print({*sys.modules} & {'matplotlib', 'numpy', 'pint'})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
