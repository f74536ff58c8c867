"""What an operator may set about personal data: how long each category is kept, how fast a request is answered."""

from __future__ import annotations

from dataclasses import dataclass, fields

from ligneclaire.kernel.policy import Anchor, policy


@policy(
    "privacy.retention",
    Anchor.EVENT,
    customer_months="PRV-06",
    identification_months="L-BE-12",
    traffic_months="PRV-07",
    location_months="PRV-04",
    call_recording_months="PRV-05",
    web_log_months="PRV-14",
    newsletter_months="PRV-02",
)
@dataclass(frozen=True, slots=True)
class Retention:
    """How many months a category of personal data is kept; the law of the country may shorten it.

    `customer_months` and `identification_months` count from the end of the last contract, `newsletter_months` from
    the withdrawal of consent, the others from the event itself.
    """

    customer_months: int
    identification_months: int
    traffic_months: int
    location_months: int
    call_recording_months: int
    web_log_months: int
    newsletter_months: int

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self)):
            if not 1 <= getattr(self, name) <= 360:
                raise ValueError(f"{name} lies between 1 and 360")


@policy("privacy.access", Anchor.RECEIVED, access_months="L-EU-05", access_extension_months="L-EU-05")
@dataclass(frozen=True, slots=True)
class AccessRequests:
    """`access_months`: months to answer a request for access; `access_extension_months`: months more, with notice."""

    access_months: int
    access_extension_months: int

    def __post_init__(self) -> None:
        if not 1 <= self.access_months <= 12 or not 0 <= self.access_extension_months <= 12:
            raise ValueError("months of access requests lie between 1 and 12")
