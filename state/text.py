"""Whether a name that the system handed on is text: it may hold any bytes, and Python keeps those that are none as lone surrogates."""


def is_text(name: str) -> bool:
    """Whether it can be written down as UTF-8: in an event, in a file, in an answer."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
