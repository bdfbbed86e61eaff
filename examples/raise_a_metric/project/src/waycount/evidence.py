"""What the editor is shown besides the numbers."""

from waycount.courtyards import Courtyard


def evidence(courtyard: Courtyard, claims: tuple[int, ...]) -> list[str]:
    """Lines for the editor to read, given what scout and counter claim."""
    return [f"Courtyard of {len(courtyard.rows)} rows.", *(f"One voice says {claim}." for claim in claims)]
