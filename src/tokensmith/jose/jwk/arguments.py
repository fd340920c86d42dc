"""Arguments of a program, brought to one type; a mistake there is a `TypeError`, as it says nothing about a key."""


def octets(value: object, name: str) -> bytes:
    """Take text as its UTF-8 octets, and octets as they are."""
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    if isinstance(value, str):
        # A lone surrogate has no UTF-8; as text from outside it is bad material, not a bug of the caller.
        return value.encode("utf-8", "surrogatepass")
    raise TypeError(f"{name} is str or bytes.")


def password_octets(value: object) -> bytes | None:
    """Take a password of a key file, where there is one."""
    return None if value is None else octets(value, "password")


def text_or_none(value: str | None, name: str) -> str | None:
    """Check what may be left out and is a string where it is not."""
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} is a string.")
    return value
