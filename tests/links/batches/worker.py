"""Processes of their own for a test that kills them: one sets a product up, one works on its batch, one looks at it."""

import json
import sys
import time
from unittest import mock

import django

ROWS = 400


def set_up() -> None:
    """A database with one batch of a CSV file; says where its ZIP will be."""
    from django.core.management import call_command

    from accounts.models import Workspace
    from links.batches import stored
    from links.models import Domain
    from tests.links.batches.conftest import ask_for_rows

    call_command("migrate", verbosity=0)
    Domain.objects.create(host="q.example.com", is_site=True)
    workspace = Workspace.objects.create(name="Acme", slug="acme")
    rows = "".join(f"https://example.com/{n},door {n}\n" for n in range(ROWS))
    batch = ask_for_rows(workspace, "destination,placement\n" + rows)
    print(stored.path_of(batch))


def work() -> None:
    """Message after message, until it is over or until this process is killed."""
    from links import jobs
    from links.batches import job
    from links.batches.models import Batch

    print("at work", flush=True)
    with mock.patch("links.actions.request_check"):  # there is no broker
        while Batch.objects.unfinished().exists():
            job.work_off(1.0)
            time.sleep(jobs.REST.total_seconds() + 0.05)


def look() -> None:
    """What there is: state, links made and codes drawn, and the destinations of all links in their order."""
    from links.batches.models import Batch
    from links.models import Link

    batch = Batch.objects.get()
    destinations = list(Link.objects.order_by("pk").values_list("destination", flat=True))
    print(json.dumps([batch.state, batch.links_made, batch.codes_drawn, batch.starts, destinations]))


if __name__ == "__main__":
    django.setup()
    {"set_up": set_up, "work": work, "look": look}[sys.argv[1]]()
