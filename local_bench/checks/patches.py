"""Every patch is listed, and every listed patch can be imported and run."""

from __future__ import annotations

from pathlib import Path

from local_bench.checks import tree


def listed(root: Path) -> list[str]:
    """The dotted module names in patches.txt, without arguments and comments."""
    lines = (root / tree.APP / "patches.txt").read_text(encoding="utf-8").splitlines()
    names = [line.split("#")[0].strip() for line in lines]
    return [name.split()[0] for name in names if name and not name.startswith("[")]


def findings(root: Path) -> list[str]:
    found = []
    names = listed(root)
    for name in sorted({name for name in names if names.count(name) > 1}):
        found.append(f"patches.txt lists {name} twice")
    for name in names:
        if name.startswith("execute:"):
            found.append(f"patches.txt runs a statement ({name}): write a patch file with a test")
            continue
        path = root / (name.replace(".", "/") + ".py")
        if not path.exists():
            found.append(f"patches.txt lists {name}, which does not exist")
        elif not any(function.name == "execute" for function in tree.functions(tree.parse(path))):
            found.append(f"{tree.at(root, path)}: a patch needs a function execute()")
    for path in tree.files(root / tree.APP / "patches", ".py"):
        module = path.relative_to(root).with_suffix("").as_posix().replace("/", ".")
        if path.name != "__init__.py" and not tree.is_test(path) and module not in names:
            found.append(f"{tree.at(root, path)} is not listed in patches.txt")
    return found
