"""Personal data as it is shown until someone with a reason asks for more."""


def mask_name(name: str) -> str:
    """Return 王* for 王芳, 王** for longer names."""
    name = name.strip()
    return name[:1] + "*" * min(len(name) - 1, 2) if name else ""


def mask_phone(phone: str) -> str:
    """Return 138****1234; of a number that is no mobile only the last two digits."""
    digits = "".join(char for char in phone if char.isdigit())
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) == 11 and digits.startswith("1"):
        return f"{digits[:3]}****{digits[-4:]}"
    return _hidden(digits, 0, 2)


def mask_id(number: str) -> str:
    """Return the first three and last two characters of an identity number, stars between."""
    return _hidden(number.strip(), 3, 2)


def _hidden(text: str, head: int, tail: int) -> str:
    # A short text would be given away by its ends.
    if len(text) < 2 * (head + tail):
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]
