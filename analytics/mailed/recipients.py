"""To whom a report goes: addresses as people write them, which of them are members, a list that replaces another."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.models import User, Workspace
from analytics.mailed.models import MailedReport, Recipient

MOST_RECIPIENTS = 20
_LONGEST = Recipient._meta.get_field("email").max_length or 0


class AddressRefused(ValueError):
    """Why an address cannot be written to, in words."""


def parse_addresses(texts: Iterable[str]) -> list[str]:
    """Each once, in small letters. Raises AddressRefused."""
    found = [text.strip().lower() for text in texts]
    for text in found:
        try:
            validate_email(text)
        except ValidationError as error:
            raise AddressRefused(f"“{text[:80]}” is no e-mail address.") from error
        if len(text) > _LONGEST:
            raise AddressRefused(f"“{text[:80]}” is too long: {_LONGEST} characters are the most.")
    return list(dict.fromkeys(found))


def told_apart(
    workspace: Workspace, addresses: Sequence[str], members: Iterable[User] = ()
) -> tuple[list[User], list[str]]:
    """Members, also those whose address was written, and addresses of others."""
    also = workspace.members.filter(email__in=addresses, is_active=True)
    found = {user.pk: user for user in [*members, *also]}
    known = {user.email for user in found.values()}
    return list(found.values()), [text for text in addresses if text not in known]


def add_recipients(report: MailedReport, members: Iterable[User], others: Iterable[str]) -> None:
    Recipient.objects.bulk_create(
        [Recipient(report=report, user=user) for user in members]
        + [Recipient(report=report, email=address) for address in others]
    )


def replace_recipients(report: MailedReport, members: Sequence[User], others: Sequence[str]) -> None:
    """Who is on both lists stays as he is. Whoever has unsubscribed stays unsubscribed, on the list or not."""
    users, addresses = {user.pk for user in members}, set(others)
    kept: list[Recipient] = []
    for recipient in report.recipients.select_related("user"):
        is_wanted = recipient.user_id in users if recipient.user_id else recipient.email in addresses
        if is_wanted or recipient.unsubscribed_at:
            kept.append(recipient)
        else:
            recipient.delete()
    there = {recipient.address for recipient in kept}
    new_members = [user for user in members if user.email not in there]
    add_recipients(report, new_members, [text for text in others if text not in there])
