"""A private Frappe bench for evaluation and tests, built from package registries alone.

`./run` is the way in; `python -m local_bench help` lists what it can do. Everything here uses the
standard library only, because it runs before any virtual environment exists.

The bench it builds is bound to loopback and meant for trying the app out and for running its tests.
Production is an ordinary Frappe bench: `bench get-app` and `bench install-app`.

    debian.py     which Debian packages are missing, and installing them
    source.py     Frappe rebuilt from a pinned wheel
    python_env.py the virtual environment, from a lock file
    desk.py       the Desk's JavaScript and CSS
    database.py   a private MariaDB server; redis.py: two private Redis servers
    site.py       the site: create, install the app, migrate, demo data
    services.py   web, worker, scheduler, realtime
    bench.py      where everything lies, ports and passwords
    cache.py      downloads and built parts, shared between checkouts
    demo.py       `./run demo`;  testing/: `./run test`;  checks/: `./run check`
"""
