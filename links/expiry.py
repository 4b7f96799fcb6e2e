"""Which moments may end a link: one answer for forms and the REST API."""

from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.utils import timezone

# Far enough from datetime.min and datetime.max to be written in every zone.
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2999, 12, 31, tzinfo=UTC)


def validate_expiry(moment: datetime) -> None:
    """Accept any moment of these centuries: a past one ends an existing link at once."""
    if not _EARLIEST <= moment <= _LATEST:
        raise ValidationError("Choose a date between 2000 and 2999, or none if the link never ends.", code="range")


def validate_first_expiry(moment: datetime) -> None:
    """A new link must not be born expired."""
    validate_expiry(moment)
    if moment <= timezone.now():
        raise ValidationError(
            "This moment has passed, so the link would never work. Choose a later one, or none.", code="past"
        )
