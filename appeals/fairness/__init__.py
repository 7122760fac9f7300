"""Whether groups of customers fare alike, in the cuts and in the appeals.

    chance     p-values, Student's t, and false discoveries held down over a page
    rates      two shares beside each other: ratio, difference, odds ratio, each with its interval
    means      two means beside each other: Welch's interval, standardised difference
    strata     an odds ratio within risk bands

These four are plain arithmetic and know no database; the tests hold them against scipy,
statsmodels and fairlearn.
"""
