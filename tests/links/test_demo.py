"""What the first `make run` makes, once."""

import pytest
from django.conf import settings
from django.core.management import call_command

from accounts.models import Membership, User, Workspace
from links.demo import LINKS, create_demo
from links.models import Code, Domain, Link

pytestmark = pytest.mark.django_db


def test_the_demo_has_an_owner_who_can_log_in(site: Domain) -> None:
    demo = create_demo()
    assert demo is not None
    owner = User.objects.get()
    assert owner.check_password(demo.password)
    assert Membership.objects.get(user=owner).role == Membership.Role.OWNER
    assert Workspace.objects.get().slug == "demo"
    assert len(demo.create_links()) == len(LINKS) == Code.objects.filter(domain=site).count()


def test_the_demo_is_not_made_where_anybody_is(workspace: Workspace) -> None:
    assert create_demo() is None
    assert not Workspace.objects.filter(slug="demo").exists()


def test_prepare_shows_the_password_once_and_repeats_safely(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("prepare", demo=True)
    shown = capsys.readouterr().out
    assert settings.PUBLIC_URL in shown
    assert "owner@example.com" in shown
    assert all(code.url in shown for code in Code.objects.all())

    call_command("prepare", demo=True)
    assert capsys.readouterr().out == ""
    assert Link.objects.count() == len(LINKS)
    assert Domain.objects.get().host == "q.example.com"


def test_prepare_makes_no_demo_unless_asked(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("prepare")
    assert capsys.readouterr().out == ""
    assert not User.objects.exists()
