"""`python -m tests.run`: the whole suite, on SQLite and again, where it matters, on PostgreSQL.

With REQUIRE_ALL=1 a test that is skipped because a server or program is missing counts as failed.
"""

import os
import subprocess
import sys

from tests.servers import MissingProgram, postgres

PYTEST = [sys.executable, "-m", "pytest", "-n", os.environ.get("PARALLEL", "2")]


def main() -> int:
    """Run both passes; the exit code of the first that fails."""
    arguments = sys.argv[1:]
    required = os.environ.get("REQUIRE_ALL") == "1"
    try:
        with postgres() as url:
            environment = {**os.environ, "DATABASE_URL": url}
            on_postgres = subprocess.run([*PYTEST, "-q", "-m", "postgres", *arguments], env=environment, check=False)
            if on_postgres.returncode:
                return on_postgres.returncode
    except MissingProgram as missing:
        sys.stdout.write(f"PostgreSQL tests are skipped: {missing}\n")
        if required:
            return 1
    return subprocess.run([*PYTEST, "--durations=10", *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
