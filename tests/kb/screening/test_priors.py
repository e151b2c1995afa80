"""Distributions stay in their domain, and the file of priors says what it must."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kb.screening.priors import Distribution, priors, read_priors
from schema.errors import BadVocabulary, UnknownParameter
from schema.units import factor

SHARES = np.linspace(0.0, 1.0, 101)


@pytest.mark.parametrize("name", priors().inputs)
def test_every_prior_is_in_its_domain_and_rises(name: str):
    one = priors().inputs[name]
    for prior in [one.prior, *(p for p, _ in one.classes.values())]:
        if prior is not None:
            values = prior.at(SHARES)
            assert np.all((values >= one.least) & (values <= one.most))
            assert np.all(np.diff(values) >= 0.0)


@pytest.mark.parametrize("name", [*priors().inputs, *priors().derived, *priors().protocol])
def test_every_unit_is_one(name: str):
    factor(priors().known(name).unit, priors().known(name).unit.replace("mAh", "Ah"))


def test_a_source_is_no_recollection():
    for one in priors().inputs.values():
        assert "[T]" not in one.source
        assert one.prior is None or (one.source and one.status)


def test_quantiles_are_those_of_scipy():
    shares = SHARES[1:-1]
    for mine, theirs in (
        (Distribution("lognormal", 2.0, 0.5), stats.lognorm(0.5, scale=2.0)),
        (Distribution("normal", 1.2, 0.3), stats.norm(1.2, 0.3)),
        (Distribution("normal", 1.2, 0.3, least=1.0), stats.truncnorm(-0.2 / 0.3, np.inf, 1.2, 0.3)),
        (Distribution("beta", 2.0, 5.0), stats.beta(2, 5)),
        (Distribution("loguniform", 0.01, 2.0), stats.loguniform(0.01, 2.0)),
    ):
        np.testing.assert_allclose(mine.at(shares), theirs.ppf(shares), rtol=1e-9)


@given(
    median=st.floats(1e-9, 1e9),
    log_sd=st.floats(1e-3, 5.0),
    bound=st.floats(1e-12, 1e12),
    share=st.floats(0.0, 1.0),
    below=st.booleans(),
)
def test_a_cut_lognormal_stays_beyond_its_bound_however_far_out(median, log_sd, bound, share, below):
    cut = Distribution("lognormal", median, log_sd).within(**({"most": bound} if below else {"least": bound}))
    value = float(cut.at(share))
    assert np.isfinite(value) or share == 1.0
    assert value <= bound if below else value >= bound


def test_an_unknown_parameter_has_a_neighbour():
    with pytest.raises(UnknownParameter, match="did you mean 'thickness'"):
        priors().known("thicknes")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[inputs.thicknes]\nmedian = 2", "no .inputs.thicknes.; did you mean 'thickness'"),
        ("[protocol.curent]\nvalue = 2", "did you mean 'current'"),
        ("[inputs.thickness]\nlevel = 'planet'", "thickness cannot be read.*planet"),
        ("[inputs.thickness]\ndistribution = 'beta'\na = 1", "thickness cannot be read.*'b'"),
        ("[inputs.loss]\ndistribution = 'beta'\na = 1\nb = 1", "loss cannot be read.*source"),
        ("[inputs.dead_bare.gel]\nmedian = 1", "dead_bare cannot be read.*source"),
        ("inputs = 3", "cannot be read"),
        ("[inputs.x", "not readable as TOML"),
    ],
)
def test_a_bad_file_names_its_entry(tmp_path: Path, text: str, said: str):
    (tmp_path / "priors.toml").write_text(text)
    with pytest.raises(BadVocabulary, match=said):
        read_priors(tmp_path)


def test_a_user_s_priors_lie_over_the_packaged_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    packaged = priors()
    (tmp_path / "priors.toml").write_text(
        "[inputs.thickness]\nmedian = 2.0\nsource = 'our coater'\n"
        "[inputs.dead_bare]\ndistribution = 'beta'\na = 1.0\nb = 50.0\n"
        "[inputs.fatigue_exponent.polymer]\nmedian = 4.0\n"
        "[protocol.lithium]\nvalue = 10.0\n"
    )
    monkeypatch.setenv("KB_VOCABULARY", str(tmp_path))
    own = priors()
    assert own.inputs["thickness"].prior.words == "lognormal, median 2, log-sd 1"
    assert own.inputs["thickness"].source == "our coater"
    assert own.inputs["dead_bare"].prior_for({"electrolyte": "ether"}).words == "beta, a 1, b 50"
    assert own.inputs["fatigue_exponent"].prior_for({"coating": "polymer"}).words == "lognormal, median 4, log-sd 0.2"
    assert own.protocol["lithium"].value == 10.0
    assert own.inputs["modulus"] == packaged.inputs["modulus"]
    assert own.fingerprint != packaged.fingerprint
    monkeypatch.setenv("KB_VOCABULARY", str(tmp_path.with_name("gone")))
    with pytest.raises(BadVocabulary, match="not a folder"):
        priors()
