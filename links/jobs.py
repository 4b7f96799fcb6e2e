"""Rows that are jobs: a file is made in slices of time, each by whoever comes next on the host that has begun it."""

import fcntl
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

# After a slice everybody else has a turn: messages that have piled up in the queue find nothing to do and are gone.
REST = timedelta(seconds=0.3)
# What a host has not touched for so long, another one begins anew on its own disk.
LEASE = timedelta(seconds=60)
AT_ONCE = 50


class Busy(Exception):
    """Another process is writing the file."""


class FileJobQuerySet(models.QuerySet[Any]):
    def unfinished(self) -> Self:
        """Those that are still worked on."""
        return self.filter(done_at=None, failed="")


class FileJob(models.Model):
    """Something wanted as a file. Whoever works on it finds in its row what is left to do."""

    # The setting that names the folder of the files, and the columns that say how far one is.
    folder_setting: ClassVar[str]
    reached: ClassVar[tuple[str, ...]]

    title = models.CharField(max_length=300, help_text="What is in it, in words.")
    file_name = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    api_key = models.ForeignKey("accounts.ApiKey", on_delete=models.SET_NULL, null=True, blank=True)
    holder = models.CharField(max_length=300, blank=True, help_text="The host and folder where the file is.")
    starts = models.PositiveIntegerField(default=0, help_text="How often it had to begin anew.")
    worked_at = models.DateTimeField(null=True, blank=True, help_text="The last sign of whoever works on it.")
    failed = models.CharField(max_length=300, blank=True, help_text="Why there will be no file, in words.")
    done_at = models.DateTimeField(null=True, blank=True)

    objects = FileJobQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> str:
        """What is happening: waiting, running, done or failed."""
        if self.failed:
            return "failed"
        if self.done_at is not None:
            return "done"
        return "waiting" if self.worked_at is None else "running"

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "failed")

    @classmethod
    def folder(cls) -> Path:
        folder: Path = getattr(settings, cls.folder_setting)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    @classmethod
    def here(cls) -> str:
        """The holder that this process works for."""
        return f"{socket.gethostname()}:{os.fspath(getattr(settings, cls.folder_setting))}"[:300]

    def claim(self) -> bool:
        """Whether this process is to go on with it: nobody else is at it, and the file is on this host or given up."""
        now, here, rows = timezone.now(), self.here(), type(self).objects.unfinished()
        untouched = Q(worked_at=None) | Q(worked_at__lt=now - REST)
        ours = Q(holder__in=("", here)) | Q(worked_at__lt=now - LEASE)
        claimed = rows.filter(untouched, ours, pk=self.pk).update(worked_at=now, holder=here)
        if claimed:
            self.refresh_from_db(fields=["starts", *self.reached])
        return bool(claimed)

    def mine(self) -> FileJobQuerySet:
        """The row, as long as it is there, unfinished and this process's to go on with."""
        return type(self).objects.unfinished().filter(pk=self.pk, holder=self.here(), starts=self.starts)


def work_off(jobs: FileJobQuerySet, work_on: Callable[[Any, float], None], seconds: float) -> None:
    """Go on with the job that has waited longest, for about so many seconds, and with others if time is left."""
    until = time.monotonic() + seconds
    for job in jobs.unfinished().order_by(F("worked_at").asc(nulls_first=True), "pk")[:AT_ONCE]:
        if time.monotonic() > until:
            return
        if job.claim():
            work_on(job, until)


def remove_nobodys_files(model: type[FileJob]) -> int:
    """Files whose row has gone, cancelled or past its time: a row is there before its files are. Returns how many."""
    found = [path for path in model.folder().iterdir() if path.stem.isdecimal()]
    rows = set(model.objects.filter(pk__in={int(path.stem) for path in found}).values_list("pk", flat=True))
    gone = [path for path in found if int(path.stem) not in rows]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file to be gone on with, made where there is none, readable by nobody else."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with open(descriptor, "r+b") as file:
        yield file


@contextmanager
def held(path: Path) -> Iterator[BinaryIO]:
    """The same for this process alone. Raises Busy. The lock dies with its process, so a killed one is in no way."""
    with opened(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        yield file
