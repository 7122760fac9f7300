"""How many parts a phone network cuts an SMS into: what it costs, and what rates are counted in."""

# GSM 03.38: what fits seven bits, and what takes two places because an escape stands before it.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
# How long one message may be, and each part of a longer one: a header tells how they join.
_GSM_ALONE, _GSM_PART = 160, 153
_UCS2_ALONE, _UCS2_PART = 70, 67


def segments(text: str) -> int:
    """Return the number of SMS segments; an empty text is sent as one."""
    widths = _gsm_widths(text)
    if widths is not None:
        return _parts(widths, _GSM_ALONE, _GSM_PART)
    # One letter outside the small alphabet makes every letter two bytes, an emoji four.
    return _parts([2 if ord(letter) > 0xFFFF else 1 for letter in text], _UCS2_ALONE, _UCS2_PART)


def _gsm_widths(text: str) -> list[int] | None:
    letters = set(text)
    if letters <= _BASIC:
        return [1] * len(text)
    if letters <= _BASIC | _EXTENDED:
        return [2 if letter in _EXTENDED else 1 for letter in text]
    return None


def _parts(widths: list[int], alone: int, part: int) -> int:
    if sum(widths) <= alone:
        return 1
    # A letter of two places is never cut in the middle: it goes to the next part whole.
    parts, filled = 1, 0
    for width in widths:
        if filled + width > part:
            parts, filled = parts + 1, 0
        filled += width
    return parts
