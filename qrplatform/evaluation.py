"""What every page may say of a part that is there for trying the product out."""

from django.conf import settings
from django.http import HttpRequest


def evaluation(request: HttpRequest) -> dict[str, bool]:
    """A context processor: under the same name as on the health page."""
    return {"redis_is_for_evaluation": settings.REDIS_IS_EMBEDDED}
