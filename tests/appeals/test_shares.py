"""Shares of few are not shown, and cannot be worked out from what is shown."""

import random

import pytest

from appeals.shares import FEW, quantile, share, too_few


def test_a_share_of_few_is_none():
    assert share(4, 4) is None
    assert share(2, 5) == 40


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([], set()),
        ([9, 8, 7], set()),
        # One alone could be worked out from the whole: the next smallest goes with it.
        ([9, 8, 3], {1, 2}),
        # Two that together are few say as much as one.
        ([9, 8, 2, 2], {1, 2, 3}),
        ([9, 8, 4, 3], {2, 3}),
        ([3], {0}),
        ([1, 1], {0, 1}),
    ],
)
def test_few_are_hidden_with_another_when_they_could_be_worked_out(counts, hidden):
    assert too_few(counts) == hidden


def test_whatever_the_numbers_what_is_hidden_stays_hidden():
    dice = random.Random(18)
    for _ in range(500):
        counts = [dice.randint(1, 12) for _ in range(dice.randint(1, 8))]
        hidden = too_few(counts)
        assert {place for place, count in enumerate(counts) if count < FEW} <= hidden
        if hidden and len(hidden) < len(counts):
            assert len(hidden) > 1
            assert sum(counts[place] for place in hidden) >= FEW


def test_the_median_and_the_ninetieth_are_values_that_were_there():
    days = {1: 4, 3: 4, 20: 2}

    assert quantile(days, 0.5) == 3
    assert quantile(days, 0.9) == 20
    assert quantile({7: 5}, 0.5) == quantile({7: 5}, 0.9) == 7


def test_of_few_there_is_no_median():
    assert quantile({}, 0.5) is None
    assert quantile({3: 4}, 0.5) is None
