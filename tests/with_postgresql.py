"""`python -m tests.with_postgresql COMMAND…` runs a command on a private PostgreSQL and a private Redis."""

import os
import subprocess
import sys

from tests.machine import postgresql_programs, redis_server
from tests.services import private_postgresql, private_redis


def main(command: list[str]) -> int:
    programs, server = postgresql_programs(), redis_server()
    if programs is None or server is None:
        lacking = "PostgreSQL" if programs is None else "Redis"
        print(f"This needs {lacking}. On Debian and Ubuntu: apt install postgresql redis-server", file=sys.stderr)
        return 1
    with private_postgresql(programs) as database_url, private_redis(server) as redis_url:
        environment = os.environ | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
