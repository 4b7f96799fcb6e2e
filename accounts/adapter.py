"""How django-allauth behaves here: accounts are made by an administrator or by invitation, not by strangers."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Closes public sign-up: this is a self-hosted product."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
