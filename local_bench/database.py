"""A private MariaDB server inside the bench folder, never the machine's own.

It listens on loopback with generated passwords. The passwords are set by an init file before the first
connection is accepted, at every start: a copied data directory gets this bench's own passwords that way.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import time
from pathlib import Path

from local_bench.bench import DATABASE, HOST, Bench
from local_bench.errors import BenchError
from local_bench.processes import clean_environment, run

SERVICE = "mariadb"
START_SECONDS = 60


def program(name: str) -> str:
    """The path of a MariaDB program; the server lies outside an ordinary user's PATH on Debian."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/sbin")
    if not found:
        raise BenchError(f"{name} was not found: install MariaDB (Debian: mariadb-server-core).")
    return found


def data_folder(bench: Bench) -> Path:
    return bench.data / "mariadb"


def write_config(bench: Bench) -> Path:
    """Write the server's settings and the statements it runs at each start."""
    bench.config.mkdir(parents=True, exist_ok=True)
    root, site = bench.secrets["database_root"], bench.secrets["database_site"]
    statements = [f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{root}';"]
    statements += ["DROP USER IF EXISTS ''@'localhost';"]
    statements += [f"CREATE USER IF NOT EXISTS 'root'@'{HOST}' IDENTIFIED BY '{root}';"]
    statements += [f"ALTER USER 'root'@'{HOST}' IDENTIFIED BY '{root}';"]
    statements += [f"GRANT ALL PRIVILEGES ON *.* TO 'root'@'{HOST}' WITH GRANT OPTION;"]
    statements += [f"ALTER USER IF EXISTS '{DATABASE}'@'%' IDENTIFIED BY '{site}';"]
    init = bench.config / "mariadb-init.sql"
    init.touch(mode=0o600)
    init.write_text("\n".join(statements) + "\n")
    safe = not bench.relaxed
    memory = os.environ.get("SOCIAL_CRM_DATABASE_MEMORY", "256" if safe else "128")
    # A server that starts removes the temporary tables it finds: in a shared folder, those of every other server.
    temporary = bench.data / "mariadb.tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    lines = [
        "[mariadbd]",
        f"datadir = {data_folder(bench)}",
        f"tmpdir = {temporary}",
        f"port = {bench.ports['database']}",
        f"bind-address = {HOST}",
        "socket = mariadb.sock",
        "pid-file = mariadb.pid",
        f"init-file = {init}",
        "skip-name-resolve",
        "skip-log-bin",
        "performance-schema = off",
        "character-set-server = utf8mb4",
        "collation-server = utf8mb4_unicode_ci",
        "skip-character-set-client-handshake",
        "max-allowed-packet = 64M",
        "innodb-log-file-size = 48M",
        f"innodb-buffer-pool-size = {int(memory)}M",
        f"innodb-flush-log-at-trx-commit = {1 if safe else 0}",
        f"innodb-doublewrite = {1 if safe else 0}",
    ]
    if os.geteuid() == 0:
        lines.append("user = root")
    path = bench.config / "mariadb.cnf"
    path.write_text("\n".join(lines) + "\n")
    return path


def create_data(bench: Bench) -> None:
    """Create an empty data directory."""
    config = write_config(bench)
    folder = data_folder(bench)
    work = folder.with_name("mariadb.new")
    shutil.rmtree(work, ignore_errors=True)
    work.parent.mkdir(parents=True, exist_ok=True)
    # The init file names users that do not exist yet while the system tables are being written.
    init = bench.config / "mariadb-init.sql"
    held = init.read_text()
    init.write_text("")
    try:
        # mariadb-install-db is a shell script that does not quote its paths: a link spares it their spaces.
        with tempfile.TemporaryDirectory(prefix="social-crm-") as folder_without_spaces:
            link = Path(folder_without_spaces) / "bench"
            link.symlink_to(bench.root, target_is_directory=True)
            command = [program("mariadb-install-db")]
            command.append(f"--defaults-file={link / config.relative_to(bench.root)}")
            command.append(f"--datadir={link / work.relative_to(bench.root)}")
            command += ["--auth-root-authentication-method=normal", "--skip-test-db"]
            if os.geteuid() == 0:
                command.append("--user=root")
            run(command, log=bench.setup_log, what="Creating the database's files")
    finally:
        init.write_text(held)
    work.rename(folder)


def answers(bench: Bench) -> bool:
    """Whether a MariaDB server greets on the bench's port."""
    try:
        with socket.create_connection((HOST, bench.ports["database"]), 1.0) as link:
            link.settimeout(2.0)
            return len(link.recv(5)) == 5
    except OSError:
        return False


def start(bench: Bench) -> None:
    """Start the server on the bench's data and wait until it answers.

    Raises:
        BenchError: it ended or did not answer in time; the message carries its last words.
    """
    config = write_config(bench)
    service = bench.service(SERVICE)
    service.start([program("mariadbd"), f"--defaults-file={config}"], cwd=bench.root, env=clean_environment())
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if answers(bench):
            return
        if service.pid() is None:
            break
        time.sleep(0.05)
    raise BenchError(f"The private MariaDB server did not start:\n{service.tail()}\nSee {service.log}")


def stop(bench: Bench) -> bool:
    return bench.service(SERVICE).stop(grace_seconds=60.0)
