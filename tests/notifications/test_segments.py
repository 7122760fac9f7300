"""What an SMS costs, letter by letter."""

import pytest

from notifications.channels.segments import segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("é\n@£Ω" * 32, 1),
        # Two places each: an escape stands before them.
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("€" * 152, 2),
        ("€" * 153, 3),
        ("{" + "a" * 158, 1),
        ("{" + "a" * 159, 2),
        # The pair does not fit into the last place of a part, and moves on whole.
        ("a" * 152 + "€" + "a" * 152, 3),
        ("a" * 151 + "€" + "a" * 153, 2),
        # One letter outside the small alphabet, and all of them cost two bytes.
        ("ç" * 70, 1),
        ("ç" * 71, 2),
        ("a" * 70 + "ç", 2),
        ("`" * 70, 1),
        ("您" * 70, 1),
        ("您" * 71, 2),
        ("您" * 134, 2),
        ("您" * 135, 3),
        # An emoji is two halves that stay together.
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),
        ("您" * 66 + "😀" + "您" * 66, 3),
        ("您" * 65 + "😀" + "您" * 67, 2),
    ],
)
def test_a_text_is_cut_into_so_many_parts(text, count):
    assert segments(text) == count
