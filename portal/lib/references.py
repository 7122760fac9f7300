"""References people read aloud and type: `AP-7K3M-92QX`."""

import secrets

# No 0/O, 1/I/L, U or V: nothing that looks or sounds like another. 29 letters, a prime, so that
# every single slip and every swap of neighbours changes the weighted sum.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
LENGTH = 8


def check_character(body: str) -> str:
    """The last character: the weighted sum of the others, modulo 29."""
    total = sum(weight * ALPHABET.index(char) for weight, char in enumerate(body, start=2))
    return ALPHABET[total % len(ALPHABET)]


def new_reference(prefix: str) -> str:
    """A random reference such as `AP-7K3M-92QX`, one of 17 thousand million."""
    number, body = secrets.randbelow(len(ALPHABET) ** (LENGTH - 1)), ""
    for _ in range(LENGTH - 1):
        number, place = divmod(number, len(ALPHABET))
        body += ALPHABET[place]
    full = body + check_character(body)
    return f"{prefix}-{full[:4]}-{full[4:]}"


def is_valid_reference(reference: str) -> bool:
    """Whether somebody could have been given this reference (spelling, not existence)."""
    _, _, code = reference.partition("-")
    full = code.replace("-", "")
    if len(full) != LENGTH or any(char not in ALPHABET for char in full):
        return False
    return check_character(full[:-1]) == full[-1]
