"""From bytes to a JSON object, refusing what JSON readers let through in silence."""

import json
from collections.abc import Sequence
from typing import Any, NoReturn

MAX_LINE_BYTES = 64 * 1024


class Unusable(Exception):
    """Something in the line cannot be used; the message says where and what to do."""


def decode_line(raw: bytes) -> dict[str, Any]:
    """The object a line holds."""
    body = raw.rstrip(b"\r\n")
    if len(body) > MAX_LINE_BYTES:
        raise Unusable(
            f"The line is longer than {MAX_LINE_BYTES} bytes. Send one decision a line, "
            "without anything the contract does not name."
        )
    tree = _json(_text(body))
    if not isinstance(tree, dict):
        raise Unusable("The line must be one JSON object, in braces.")
    return tree


def decode_json(body: bytes) -> Any:
    """Whatever a body holds, read as strictly as a line of the feed."""
    return _json(_text(body))


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Unusable(f"Byte {error.start + 1} is not UTF-8. Send the line in UTF-8.") from None


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_doubles)
    except json.JSONDecodeError as error:
        cause = error.msg.removesuffix(" at")
        raise Unusable(f"The line is not JSON: {cause} at character {error.pos + 1}.") from None
    except RecursionError:
        raise Unusable("The line is nested too deeply.") from None
    except ValueError:
        raise Unusable("A number in the line has too many digits.") from None


def _refuse_constant(name: str) -> NoReturn:
    raise Unusable(f"{name} is not a number. Send a decimal number.")


def _without_doubles(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise Unusable(f"{double!a} stands twice in one object. Send it once.")
    return tree
