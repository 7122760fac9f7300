"""Ratios, intervals and chances agree with scipy, statsmodels and fairlearn."""

import random

import pytest
from fairlearn.metrics import MetricFrame, selection_rate
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable, Table2x2
from statsmodels.stats.meta_analysis import effectsize_smd
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from appeals.fairness.chance import adjusted, p_of_t, p_of_z, t_for
from appeals.fairness.means import Moments, standardised, welch
from appeals.fairness.rates import Share, difference, odds_ratio, ratio, wilson
from appeals.fairness.strata import within_bands

SHARES = [
    (Share(30, 1000), Share(10, 1000)),
    (Share(1, 30), Share(29, 30)),
    (Share(412, 5120), Share(3801, 41_233)),
    (Share(30, 31), Share(3, 400)),
    (Share(250_000, 500_000), Share(249_000, 500_000)),
]
EMPTY = [(Share(0, 40), Share(7, 55)), (Share(9, 30), Share(0, 90))]


def sure(estimate):
    assert estimate is not None
    return estimate


def close(found, *expected):
    return (found.value, found.low, found.high) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def table(one, other):
    return [[one.part, one.rest], [other.part, other.rest]]


def two(one, other, **how):
    return confint_proportions_2indep(one.part, one.whole, other.part, other.whole, **how)


# --- Shares ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("one", "other"), SHARES)
def test_the_ratio_is_that_of_katz(one, other):
    low, high = two(one, other, compare="ratio", method="log")
    assert close(sure(ratio(one, other)), one.rate / other.rate, low, high)


@pytest.mark.parametrize(("one", "other"), EMPTY)
def test_where_nobody_was_hit_half_a_person_is_added(one, other):
    low, high = two(one, other, compare="ratio", method="log-adjusted")
    found = sure(ratio(one, other))
    assert (found.low, found.high) == pytest.approx((low, high))


@pytest.mark.parametrize(("one", "other"), SHARES + EMPTY)
def test_the_difference_is_that_of_newcombe(one, other):
    low, high = two(one, other, compare="diff", method="newcomb")
    found = sure(difference(one, other))
    assert close(found, one.rate - other.rate, low, high)
    score = stats.chi2_contingency(table(one, other), correction=False)
    assert found.p == pytest.approx(score.pvalue, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(("one", "other"), SHARES + EMPTY)
def test_the_odds_ratio_is_that_of_woolf_and_haldane(one, other):
    cells = table(one, other)
    half = 0 if all(cells[0] + cells[1]) else 0.5
    oracle = Table2x2([[cell + half for cell in row] for row in cells])
    found = sure(odds_ratio(one, other))
    assert close(found, oracle.oddsratio, *oracle.oddsratio_confint())
    assert found.p == pytest.approx(oracle.oddsratio_pvalue(), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("share", [Share(0, 30), Share(30, 30), Share(7, 5000)])
def test_the_interval_of_one_share_is_that_of_wilson(share):
    oracle = proportion_confint(share.part, share.whole, method="wilson")
    assert wilson(share) == pytest.approx(oracle, abs=1e-12)


def test_rates_ratio_and_difference_are_those_of_fairlearn():
    one, other = Share(30, 1000), Share(12, 1200)
    was_cut = [1] * one.part + [0] * one.rest + [1] * other.part + [0] * other.rest
    group = ["one"] * one.whole + ["other"] * other.whole
    frame = MetricFrame(
        metrics=selection_rate, y_true=was_cut, y_pred=was_cut, sensitive_features=group
    )
    assert dict(frame.by_group) == pytest.approx({"one": one.rate, "other": other.rate})
    assert sure(difference(one, other)).value == pytest.approx(frame.difference())
    # Theirs is the smaller by the greater.
    assert sure(ratio(other, one)).value == pytest.approx(frame.ratio())


def test_the_good_shares_would_have_hidden_it():
    one, other = Share(30, 1000), Share(10, 1000)
    assert Share(one.rest, 1000).rate / Share(other.rest, 1000).rate > 0.97
    assert sure(ratio(one, other)).value == pytest.approx(3.0)
    assert sure(ratio(one, other)).low > 1.25


def test_of_nobody_nothing_is_said():
    nobody, somebody = Share(0, 0), Share(3, 40)
    assert ratio(nobody, somebody) is None
    assert difference(somebody, nobody) is None
    assert odds_ratio(nobody, somebody) is None
    assert ratio(Share(0, 40), Share(0, 50)) is None
    with pytest.raises(ValueError, match="no share"):
        Share(4, 3)


# --- Means -------------------------------------------------------------------------------------


def sample(seed, count, mean, spread):
    chance = random.Random(seed)
    return [chance.gauss(mean, spread) for _ in range(count)]


def moments(values):
    return Moments(len(values), sum(values), sum(value * value for value in values))


SAMPLES = [
    (sample(1, 40, 6.4, 2.0), sample(2, 900, 5.0, 3.1)),
    (sample(3, 30, 0.5, 0.01), sample(4, 31, 0.5, 0.4)),
    (sample(5, 2, 1.0, 1.0), sample(6, 3, 9.0, 1.0)),
]


@pytest.mark.parametrize(("one", "other"), SAMPLES)
def test_the_difference_of_means_is_that_of_welch(one, other):
    found = sure(welch(moments(one), moments(other)))
    oracle = CompareMeans(DescrStatsW(one), DescrStatsW(other))
    low, high = oracle.tconfint_diff(usevar="unequal")
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-6, abs=1e-9)
    assert found.p == pytest.approx(stats.ttest_ind(one, other, equal_var=False).pvalue, rel=1e-6)


@pytest.mark.parametrize(("one", "other"), SAMPLES)
def test_the_standardised_difference_is_that_of_hedges(one, other):
    found = sure(standardised(moments(one), moments(other)))
    args = [part for s in (one, other) for part in (DescrStatsW(s).mean, stats.tstd(s), len(s))]
    value, variance = effectsize_smd(*args)
    assert found.value == pytest.approx(value, rel=1e-6)
    assert (found.high - found.low) / 2 == pytest.approx(1.959964 * variance**0.5, rel=1e-6)


def test_of_one_and_of_no_spread_nothing_is_said():
    alone, alike = moments([4.0]), moments([3.0, 3.0, 3.0])
    assert welch(alone, alike) is None
    assert welch(alike, alike) is None
    assert standardised(alike, alike) is None


# --- Bands -------------------------------------------------------------------------------------


BANDS = [
    (Share(2, 300), Share(20, 4000)),
    (Share(30, 400), Share(80, 900)),
    (Share(90, 200), Share(60, 150)),
    (Share(5, 5), Share(0, 0)),
]


def test_within_bands_is_that_of_mantel_and_haenszel():
    found = sure(within_bands(BANDS))
    oracle = StratifiedTable([table(one, other) for one, other in BANDS[:3]])
    assert close(found, oracle.oddsratio_pooled, *oracle.oddsratio_pooled_confint())


def test_what_differs_only_by_risk_differs_no_more_within_bands():
    """Each band treats both alike, but the one group has more of the risky: Simpson's trap."""
    bands = [(Share(10, 1000), Share(90, 9000)), (Share(1800, 9000), Share(200, 1000))]
    one = Share(sum(b[0].part for b in bands), sum(b[0].whole for b in bands))
    other = Share(sum(b[1].part for b in bands), sum(b[1].whole for b in bands))
    assert sure(ratio(one, other)).value > 5
    assert sure(within_bands(bands)).value == pytest.approx(1.0)
    assert within_bands([]) is None


# --- Chance ------------------------------------------------------------------------------------


@given(st.floats(-60, 60), st.floats(1, 1e6))
def test_students_t_is_that_of_scipy(t, degrees):
    assert p_of_t(t, degrees) == pytest.approx(2 * stats.t.sf(abs(t), degrees), rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("degrees", [1, 1.5, 3, 29.7, 99.9, 100.1, 400, 1e6])
def test_the_reach_of_t_is_that_of_scipy(degrees):
    assert t_for(degrees) == pytest.approx(stats.t.ppf(0.975, degrees), rel=1e-9)


def test_the_normal_is_that_of_scipy():
    for z in (-8.0, -1.96, 0.0, 0.3, 12.0):
        assert p_of_z(z) == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_false_discoveries_are_held_down_as_statsmodels_does(chances):
    _rejected, oracle, _sidak, _bonferroni = multipletests(chances, method="fdr_bh")
    assert adjusted(chances) == pytest.approx(list(oracle))


def test_of_many_alike_few_are_found():
    """200 pages of 40 figures without any difference: hardly a page says there is one."""
    chance, found = random.Random(7), 0
    for _page in range(200):
        found += any(one < 0.05 for one in adjusted([chance.random() for _ in range(40)]))
    assert found <= 20
    assert adjusted([]) == []
