"""Logging in by e-mail address, changing and resetting a password, and doors that are shut."""

import re

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User, Workspace

NEW = "a-much-better-one-9"


def log_in(browser: Client, email: str, password: str) -> int:
    return browser.post("/accounts/login/", {"login": email, "password": password}).status_code


def test_login_by_address_whatever_its_case(browser: Client, workspace: Workspace) -> None:
    answer = browser.post("/accounts/login/", {"login": "Alice@Example.ORG", "password": "alice-password"})
    assert answer["Location"] == "/w"
    assert browser.get("/w").status_code == 302


def test_a_wrong_password_is_refused_without_saying_which_part_is_wrong(browser: Client, alice: User) -> None:
    wrong = browser.post("/accounts/login/", {"login": "alice@example.org", "password": "nope"})
    unknown = browser.post("/accounts/login/", {"login": "nobody@example.org", "password": "nope"})
    assert wrong.status_code == unknown.status_code == 200
    said = wrong.context["form"].non_field_errors()
    assert said == ["The email address and/or password you specified are not correct."]
    assert unknown.context["form"].non_field_errors() == said


def test_guessing_is_slowed_down(browser: Client, alice: User) -> None:
    for _ in range(6):
        log_in(browser, "alice@example.org", "nope")
    answer = browser.post("/accounts/login/", {"login": "alice@example.org", "password": "alice-password"})
    assert answer.status_code == 200
    assert "Too many failed login attempts" in answer.content.decode()


def test_a_switched_off_account_stays_outside(browser: Client, alice: User) -> None:
    User.objects.update(is_active=False)
    log_in(browser, "alice@example.org", "alice-password")
    assert browser.get("/w")["Location"].startswith("/accounts/login/")


def test_next_does_not_lead_off_the_site(browser: Client, alice: User) -> None:
    form = {"login": "alice@example.org", "password": "alice-password", "next": "https://evil.example/"}
    assert browser.post("/accounts/login/", form)["Location"] == "/w"


def test_logging_out_takes_a_post(alice_client: Client) -> None:
    assert alice_client.get("/accounts/logout/").status_code == 200
    assert alice_client.get("/w").status_code == 302
    assert alice_client.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert alice_client.get("/w")["Location"].startswith("/accounts/login/")


def test_changing_a_password(alice_client: Client, browser: Client) -> None:
    form = {"oldpassword": "alice-password", "password1": NEW, "password2": NEW}
    assert alice_client.post("/accounts/password/change/", form).status_code == 302
    assert log_in(browser, "alice@example.org", NEW) == 302


def test_changing_a_password_needs_the_old_one(alice_client: Client, browser: Client) -> None:
    form = {"oldpassword": "nope", "password1": NEW, "password2": NEW}
    answer = alice_client.post("/accounts/password/change/", form)
    assert list(answer.context["form"].errors) == ["oldpassword"]
    assert log_in(browser, "alice@example.org", NEW) == 200


def test_resetting_a_password_by_mail(browser: Client, alice: User, settings: Settings) -> None:
    settings.EMAIL_CONFIGURED = True
    answer = browser.post("/accounts/password/reset/", {"email": "alice@example.org"}, follow=True)
    assert "Look at your mail" in answer.content.decode()
    found = re.search(r"https?://q\.example\.com(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert found is not None
    form_page = browser.get(found[1], follow=True)
    path = form_page.redirect_chain[-1][0]
    done = browser.post(path, {"password1": NEW, "password2": NEW}, follow=True)
    assert "Your password is changed" in done.content.decode()
    assert log_in(browser, "alice@example.org", NEW) == 302
    assert "This link has ended" in Client(headers={"host": "q.example.com"}).get(found[1]).content.decode()


def test_nobody_learns_who_has_an_account_and_strangers_get_no_mail(
    browser: Client, alice: User, settings: Settings
) -> None:
    settings.EMAIL_CONFIGURED = True
    answer = browser.post("/accounts/password/reset/", {"email": "nobody@example.org"}, follow=True)
    assert "Look at your mail" in answer.content.decode()
    assert mail.outbox == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_mail_the_reset_page_names_the_command(
    browser: Client, alice: User, settings: Settings, method: str
) -> None:
    settings.EMAIL_CONFIGURED = False
    answer = getattr(browser, method)("/accounts/password/reset/", {"email": "alice@example.org"})
    assert "manage.py changepassword EMAIL" in answer.content.decode()
    assert mail.outbox == []


def test_sign_up_is_closed(browser: Client, db: None) -> None:
    page = browser.get("/accounts/signup/")
    assert "Accounts are made by the operator" in page.content.decode()
    browser.post("/accounts/signup/", {"email": "new@example.org", "password1": NEW, "password2": NEW})
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "path", ["/accounts/email/", "/accounts/confirm-email/", "/accounts/login/code/", "/accounts/"]
)
def test_what_is_not_offered_does_not_exist(alice_client: Client, path: str) -> None:
    assert alice_client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/", "/accounts/inactive/"]
)
def test_pages_are_ours_and_carry_nothing_inline(browser: Client, db: None, path: str) -> None:
    page = browser.get(path).content.decode()
    assert 'class="skip-link"' in page
    assert "<style" not in page
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)
