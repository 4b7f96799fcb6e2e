"""The table of faults: what is broken, how, and what must hold meanwhile. docs/reliability.md shows it."""

from dataclasses import dataclass

from tests.faults import injections as by
from tests.faults.injections import Injection

BOTH = ("postgresql", "sqlite")
POSTGRESQL = ("postgresql",)
SQLITE = ("sqlite",)


@dataclass(frozen=True)
class Fault:
    """One way in which the house breaks.

    In every row, after healing: each answered scan is counted exactly once, an unanswered one at most once, none is
    invented, and every number shown equals the raw scans. What differs is said by the fields.
    """

    name: str
    injected: str
    inject: Injection
    databases: tuple[str, ...] = POSTGRESQL
    seconds: float = 3.0
    # Whether the web server is hit itself: while that is done (and only then) scans may go without an answer.
    hits_web: bool = False
    # Whether workers end in order while others, which share their listening socket, serve.
    replaces_workers: bool = False
    # Whether the disk refuses scans: then the loss counter must say exactly how many.
    hits_journal: bool = False
    # A phone makes a connection of its own; a proxy keeps some, and must send again what meets one that is closing.
    keeps_alive: bool = True
    # What a reader should know of the row besides.
    remark: str = ""

    @property
    def starts_web(self) -> bool:
        """New workers take the processor while they start; on two cores scans wait for it meanwhile."""
        return self.hits_web or self.replaces_workers

    @property
    def invariant(self) -> str:
        """What holds of the scans in this row, in words."""
        landing = "all land"
        if self.hits_web:
            landing += ", but for those sent while the web server restarts"
        counting = "lost are exactly as many as the loss counter says" if self.hits_journal else "none lost"
        return f"{landing}; {counting}, none counted twice, no drift"


FAULTS = [
    Fault("Redis stopped", "SIGTERM; started again with its data", by.redis_stopped, BOTH),
    Fault("Redis frozen", "SIGSTOP: it accepts connections and never answers; SIGCONT", by.redis_frozen),
    Fault("Redis full", "`maxmemory 1mb`, `noeviction`: every write is refused", by.redis_full),
    Fault(
        "Redis full of scans",
        "`maxmemory` is what it uses and 1.3 MB more, of which scans may fill 300 KB; the database stopped and started "
        "again; counting must go on before there is more room",
        by.redis_full_of_scans,
        seconds=5.0,
    ),
    Fault(
        "Redis evicting",
        "`allkeys-lru`, and 50 KB less than it uses while scans wait in the stream: the stream vanishes",
        by.redis_evicting,
    ),
    Fault("Redis flushed", "`FLUSHALL` while scans wait in the stream", by.redis_flushed, BOTH),
    Fault(
        "Redis restarted empty",
        "stopped while scans wait in the stream, its files removed, started",
        by.redis_restarted_empty,
    ),
    Fault("database stopped", "PostgreSQL's fast shutdown; started again", by.database_stopped),
    Fault("database crashed", "PostgreSQL's immediate shutdown; recovery from its log", by.database_crashed),
    Fault("database frozen", "SIGSTOP to every PostgreSQL process; SIGCONT", by.database_frozen),
    Fault("tables locked", "`LOCK TABLE … IN ACCESS EXCLUSIVE MODE` on scans, rollups and segments", by.tables_locked),
    Fault("database locked", "`BEGIN EXCLUSIVE` held by somebody else", by.sqlite_locked, SQLITE),
    Fault(
        "database full",
        "RLIMIT_FSIZE of all PostgreSQL processes at the size of the table of scans: it cannot be extended",
        by.database_full,
        seconds=4.0,
        remark="The WAL's files, 1 MB each, still fit; a full WAL volume stops PostgreSQL, which is the row above.",
    ),
    Fault(
        "database full",
        "RLIMIT_FSIZE of the ingest process at 64 KB: SQLite can write neither its log nor its file",
        by.sqlite_full,
        SQLITE,
        remark="`PRAGMA max_page_count` would hold for one connection only.",
    ),
    Fault(
        "Redis and database stopped",
        "both stopped; both started again",
        by.together(by.redis_stopped, by.database_stopped),
    ),
    Fault(
        "Redis and database frozen",
        "SIGSTOP to both; SIGCONT",
        by.together(by.redis_frozen, by.database_frozen),
    ),
    Fault(
        "cold start with both stopped",
        "Redis and database stopped, then the web server killed: it starts from the host's snapshot",
        by.together(by.redis_stopped, by.database_stopped, by.cold_start),
        hits_web=True,
    ),
    Fault(
        "journal disk full",
        "RLIMIT_FSIZE of the web workers at 0: the open segments have room for a second or two, and none is opened",
        by.journal_full,
        BOTH,
        hits_journal=True,
    ),
    Fault(
        "journal folder read-only",
        "mode 0500, and SIGHUP for workers that have no segment open yet",
        by.journal_read_only,
        hits_journal=True,
        replaces_workers=True,
        keeps_alive=False,
        remark="The product's processes run without CAP_DAC_OVERRIDE, so that the mode binds root as well.",
    ),
    Fault("ship_scans killed", "SIGKILL", by.killed("ship")),
    Fault("ingest killed", "SIGKILL", by.killed("ingest"), BOTH),
    Fault("beat killed", "SIGKILL", by.killed("beat")),
    Fault("web worker killed", "SIGKILL to one of two", by.web_worker_killed, BOTH, hits_web=True),
    Fault("web server killed", "SIGKILL to its first process", by.web_server_killed, hits_web=True),
    Fault(
        "deployed by restart",
        "SIGTERM to the web server and a new start",
        by.deployed_by_restart,
        hits_web=True,
        remark="A load balancer sees refused connections until the new server listens, a few seconds.",
    ),
    Fault(
        "deployed by reload",
        "SIGHUP to the web server: workers are replaced, the port stays open",
        by.deployed_by_reload,
        replaces_workers=True,
        keeps_alive=False,
        remark="Each scan makes a connection of its own, as phones do.",
    ),
]


def as_markdown() -> str:
    """The table as docs/reliability.md shows it."""
    lines = ["| fault | how it is injected | on | what holds |", "|---|---|---|---|"]
    for fault in FAULTS:
        remark = f" {fault.remark}" if fault.remark else ""
        lines.append(f"| {fault.name} | {fault.injected}.{remark} | {', '.join(fault.databases)} | {fault.invariant} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(as_markdown())
