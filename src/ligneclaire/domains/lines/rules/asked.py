"""What somebody who looks for a line meant by a number."""


def asked_digits(asked: str) -> str:
    """The digits of a number that somebody wrote in whatever way, without the zeros before it: what the identifier of
    its line holds. 0470 65 43 21 is 470654321."""
    return "".join(one for one in asked if one.isdecimal()).lstrip("0")
