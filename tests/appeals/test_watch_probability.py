"""The closed forms beside SciPy, and the run lengths beside processes that were lived through."""

import math
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from river.drift import PageHinkley
from scipy import stats

from appeals.watch import charts, probability
from tests.appeals.watched_feeds import poisson

counts = st.integers(0, 400)


@settings(max_examples=200)
@given(whole=st.integers(1, 400), share=st.floats(0.001, 0.999), data=st.data())
def test_a_binomial_tail_is_scipys(whole, share, data):
    part = data.draw(st.integers(0, whole))

    ours = probability.binomial_tail(part, whole, share)

    assert ours == pytest.approx(stats.binom.sf(part - 1, whole, share), rel=1e-6, abs=1e-300)


@settings(max_examples=200)
@given(whole=st.integers(1, 200), other_whole=st.integers(1, 200), data=st.data())
def test_an_overturned_share_is_compared_as_by_fisher(whole, other_whole, data):
    part, other = data.draw(st.integers(0, whole)), data.draw(st.integers(0, other_whole))

    ours = probability.fisher_tail(part, whole, other, other_whole)

    table = [[part, whole - part], [other, other_whole - other]]
    theirs = stats.fisher_exact(table, alternative="greater").pvalue
    assert ours == pytest.approx(theirs, rel=1e-6, abs=1e-300)


@given(count=counts)
def test_the_highest_mean_a_count_allows_is_near_the_exact_one(count):
    exact = stats.chi2.ppf(0.975, 2 * (count + 1)) / 2

    assert probability.rate_limit(count) == pytest.approx(exact, rel=0.01)


@given(whole=st.integers(1, 500), data=st.data())
def test_the_highest_share_a_part_allows_is_wilsons(whole, data):
    part = data.draw(st.integers(0, whole))
    theirs = stats.binomtest(part, whole).proportion_ci(method="wilson").high

    assert probability.share_limit(part, whole) == pytest.approx(theirs, rel=1e-6)


@given(st.lists(st.tuples(counts, counts), min_size=2, max_size=20))
def test_the_distance_of_two_samples_is_kolmogorovs(pairs):
    bins, other = zip(*pairs, strict=True)
    if not sum(bins) or not sum(other):
        assert probability.ks_distance(bins, other) == 0
        return
    lists = [[place for place, n in enumerate(one) for _ in range(n)] for one in (bins, other)]

    theirs = stats.ks_2samp(*lists, method="asymp")

    assert probability.ks_distance(bins, other) == pytest.approx(theirs.statistic)
    # A bound: never rarer than the distribution says.
    assert probability.ks_limit(theirs.statistic, sum(bins), sum(other)) >= theirs.pvalue * 0.999


def test_a_stability_index_is_the_divergence_both_ways():
    bins, other = [5, 20, 40, 25, 10], [15, 30, 30, 15, 10]
    p, q = ([one + 0.5 for one in sample] for sample in (bins, other))

    assert probability.psi(bins, other) == pytest.approx(stats.entropy(p, q) + stats.entropy(q, p))
    assert probability.psi(bins, bins) == 0


@settings(max_examples=60)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0.001, 0.2))
def test_false_discoveries_are_held_as_scipy_holds_them(rarities, level):
    limit = charts.false_discoveries_held(rarities, level)

    adjusted = stats.false_discovery_control(rarities, method="bh")
    told = zip(rarities, adjusted, strict=True)
    # On the very limit the two round differently, and either is right.
    assert all(
        (rarity <= limit) == bool(one <= level)
        for rarity, one in told
        if not math.isclose(one, level)
    )


@given(st.lists(st.floats(-2.9, 2.9), min_size=1, max_size=300))
def test_a_shift_is_charted_as_page_and_hinkley_do_by_river(steps):
    """River's mean runs; after so many zeros it stands, as a reference does."""
    both = []
    for mode in ("up", "down"):
        theirs = PageHinkley(
            delta=charts.REFERENCE, threshold=math.inf, alpha=1.0, mode=mode, min_instances=1
        )
        theirs._x_mean.n = 10**12
        for step in [0.0, *steps]:
            theirs.update(step)
        both.append(theirs)
    ours = charts.Shift()
    for at, step in enumerate(steps):
        if ours.rarity < math.exp(-charts.CERTAIN):
            return
        ours.step(at, step)

    up, down = both
    assert ours.up == pytest.approx(up._sum_increase - up._min_increase, abs=1e-6)
    assert ours.down == pytest.approx(down._max_decrease - down._sum_decrease, abs=1e-6)


# --- A set time between false alarms -------------------------------------------------------------


@pytest.mark.parametrize(("height", "known"), [(4, 335.4), (5, 930.9)])
def test_siegmunds_run_length_is_the_textbooks(height, known):
    """One side, k = 1/2: twice the two-sided 168 and 465 in Montgomery, table 9.3."""
    assert charts.siegmund_run_length(height) == pytest.approx(known, rel=0.02)
    assert charts.siegmund_height(charts.siegmund_run_length(height)) == pytest.approx(height)


def run_lengths(random, step, height, runs):
    for _ in range(runs):
        chart = charts.Evidence()
        at = 0
        while chart.height < height:
            at += 1
            chart.step(at, step())
        yield at


@pytest.mark.parametrize("mean", [0.2, 3.0])
def test_a_sound_rate_takes_at_least_as_long_as_its_height_says(mean):
    random, height = Random(7), math.log(300)

    def step():
        return charts.poisson_ratio(poisson(random, mean), mean, times=2.0)

    lengths = list(run_lengths(random, step, height, 60))

    assert sum(lengths) / len(lengths) >= math.exp(height)


def test_a_sound_share_takes_at_least_as_long_as_its_height_says():
    random, height = Random(8), math.log(300)

    def step():
        return charts.share_ratio(sum(random.random() < 0.1 for _ in range(4)), 4, 0.1, odds=3.0)

    lengths = list(run_lengths(random, step, height, 60))

    assert sum(lengths) / len(lengths) >= math.exp(height)


def test_a_sound_score_takes_about_as_long_as_siegmund_says():
    random, lengths = Random(9), []
    height = charts.siegmund_height(300)
    for _ in range(150):
        chart, at = charts.Shift(), 0
        while chart.up < height:
            at += 1
            chart.step(at, random.gauss(0, 1))
        lengths.append(at)

    assert 220 < sum(lengths) / len(lengths) < 420
