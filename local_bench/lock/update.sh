#!/usr/bin/env bash
# Resolves the lock files anew (needs uv). One lock serves every supported Python; it holds hashes and no addresses.
set -eu
cd "$(dirname "$0")"
for name in bench tools mutate/mutate; do
    uv pip compile --universal --python-version 3.10 --generate-hashes --no-header --no-annotate --quiet "$name.in" -o "$name.txt"
done
