"""The dashboard names the Redis that it brings for what it is; visitors have no use for that."""

import pytest
from django.conf import LazySettings
from django.test import Client

WORDS = "The built-in Redis is for evaluation"


@pytest.mark.parametrize("is_embedded", [True, False])
def test_members_see_that_the_built_in_redis_is_for_evaluation(
    alice_client: Client, settings: LazySettings, is_embedded: bool
) -> None:
    settings.REDIS_IS_EMBEDDED = is_embedded
    assert (WORDS in alice_client.get("/w/acme/links").content.decode()) is is_embedded


def test_whoever_is_not_logged_in_does_not(alice_client: Client, settings: LazySettings) -> None:
    settings.REDIS_IS_EMBEDDED = True
    alice_client.logout()
    assert WORDS not in alice_client.get("/accounts/login/").content.decode()
