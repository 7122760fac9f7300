"""Days and moments in English as `portal.lib.dates` writes them; the rest is Django's own.

"Nov. 2, 2026, 2 p.m." and "11/02/2026" are read as February in half of our countries.
"""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
TIME_FORMAT = "H:i"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
