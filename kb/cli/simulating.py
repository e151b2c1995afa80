"""What would become of a coating: ``kb simulate``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from kb.cli.doors import db_option, examples, format_option, opened, say
from schema.errors import OutOfRange

CELLS = ("li_free_cathode", "li_full_cathode", "anode_free", "symmetric", "half_finite")


@click.command(
    epilog=examples(
        'kb simulate "PMMA/PVDF on Cu" --current 1 --capacity 1 --lithium 4',
        'kb simulate "Cu3N on Li" --capacity 3 --lithium 10 --set electrolyte_class=carbonate --plot cu3n.png',
        "kb simulate --set thickness=1um modulus=0.8GPa conductivity=1e-5S/cm",
        'kb simulate "PMMA/PVDF on Cu" --vary thickness=0.1..10um:log:25 --vary current=0.5,1,2,4',
    )
)
@click.argument("words", nargs=-1, metavar="[NAME] [KEY=VALUE...]")
@click.option("--current", metavar="NUMBER", help="Current density; a bare number is in mA/cm^2.  [default: 1]")
@click.option("--capacity", metavar="NUMBER", help="Areal capacity of a cycle; bare in mAh/cm^2.  [default: 1]")
@click.option("--lithium", metavar="NUMBER", help="Lithium on the anode at the start; bare in mAh/cm^2.  [default: 4]")
@click.option(
    "--cell", type=click.Choice(CELLS), default=CELLS[0], show_default=True,
    help="Where the cycled lithium starts, which says how much of it is spare (docs/models.md a).",
)  # fmt: skip
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE [KEY=VALUE...]",
    help="Set parameters in place of what is reported or assumed; docs/simulation.md lists them.",
)  # fmt: skip
@click.option(
    "--vary", multiple=True, metavar="KEY=LOW..HIGH[:log][:POINTS]",
    help="Go through a range, or a list KEY=A,B,C; repeated, through every combination.",
)  # fmt: skip
@click.option("--paper", metavar="TEXT", help="DOI, file name or part of the title, where several have such a sample.")
@click.option("--draws", type=int, default=4096, show_default=True, help="Draws of the uncertain parameters.")
@click.option("--cycles", type=int, default=2000, show_default=True, help="Longer lives are censored at so many.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draws and of the noise.")
@click.option("--noise", type=float, default=0.0, show_default=True, help="Log-sd of the process noise of a cycle.")
@click.option("--priors", is_flag=True, help="Draw from the priors, whatever a calibration of the base found.")
@click.option("--plot", metavar="FILE", help="Also draw it to this file (.png, .pdf, .svg).")
@format_option("table", "json")
@db_option
def simulate(
    words: Sequence[str], current: str | None, capacity: str | None, lithium: str | None, cell: str,
    settings: Sequence[str], vary: Sequence[str], paper: str | None, draws: int, cycles: int, seed: int, noise: float,
    priors: bool, plot: str | None, form: str, db: str,
) -> None:  # fmt: skip
    """Cycle a coating until it fails, as often as there are draws of what is not known of it.

    NAME is a sample of the base ("PMMA/PVDF on Cu"): what its paper reports narrows its parameters, priors stand for
    the rest, and the answer stands beside what was observed.  Without NAME it is a what-if from the priors and --set.
    Where a calibration (kb calibrate) beat the baselines, its factors are on the priors; else nothing is calibrated on
    lives: compare, rather than trust one number.
    """
    from kb.screening.outcome import Run
    from kb.simulation import simulate_candidate

    if plot:
        from kb.plots.simulation import plot_simulation
        from kb.plots.style import checked

        checked(plot)
    name, asked = _name_and_settings(words, settings)
    told = {"current": current, "capacity": capacity, "lithium": lithium}
    arguments: dict[str, Any] = {
        "protocol": {key: value for key, value in told.items() if value is not None},
        "settings": asked,
        "vary": _pairs(vary, "--vary"),
        "run": Run(draws, cycles, seed, noise, cell),
    }
    # A what-if needs no base, but takes the calibration of one that is there.
    if name is None and (priors or not Path(db).is_file()):
        result = simulate_candidate(None, **arguments)
    else:
        with opened(db) as base:
            result = base.simulate(name, paper=paper, from_priors=priors, **arguments)
    if form == "json":
        from kb.writing import write_object

        write_object(result.as_dict())
    else:
        from kb.simulation_tables import print_simulation

        print_simulation(result)
    if plot:
        say(f"drew {plot_simulation(result, plot)}")


def _name_and_settings(words: Sequence[str], settings: Sequence[str]) -> tuple[str | None, dict[str, str]]:
    """Tell the name from the settings, which click hands over among the words: ``--set a=1 b=2`` sets two."""
    names = [word for word in words if "=" not in word]
    if len(names) > 1:
        raise OutOfRange(f"{' '.join(names)!r} is {len(names)} words; put one name in quotation marks")
    loose = [word for word in words if "=" in word]
    if loose and not settings:
        raise OutOfRange(f"{loose[0]!r} stands alone; write --set {loose[0]}")
    return (names[0] if names else None), _pairs([*settings, *loose], "--set")


def _pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    out: dict[str, str] = {}
    for text in texts:
        key, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not value:
            raise OutOfRange(f"{option} {text!r} says no value; write it like {option} thickness=1um")
        if key in out:
            raise OutOfRange(f"{option} {key} is there twice; once is enough")
        out[key] = value
    return out
