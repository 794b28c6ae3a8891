"""Every endpoint is typed and checks permission.

A function under `@frappe.whitelist` can be called by anyone who is logged in, whatever the Desk shows them. It must
annotate every argument and its result, and it must ask whether the caller may: itself, or in a function of
the app that it calls. One that writes accepts no GET, which a link or a picture in a message can make. An endpoint open to guests says why in a comment directly above it.
"""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

from local_bench.checks import tree

# Calls that ask for permission. Documents fetched with these and saved normally are checked by Frappe.
ASKS = {
    "has_permission", "check_permission", "only_for", "may_read", "may_write", "ensure_may_read", "only_has_select_perm",
    "has_role", "get_list", "allowed_communities", "visible",
}  # fmt: skip

# Calls that write.
WRITES = {"insert", "save", "submit", "cancel", "db_set", "set_value", "delete", "delete_doc", "rename_doc", "db_insert", "db_update"}  # fmt: skip


def whitelisted(function: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.expr | None:
    for decorator in function.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if tree.dotted(target) in ("frappe.whitelist", "whitelist"):
            return decorator
    return None


def untyped(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Names of arguments without annotation; "return" if the result has none."""
    arguments = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
    names = [item.arg for item in arguments if item.annotation is None and item.arg not in ("self", "cls")]
    return names + ([] if function.returns is not None else ["return"])


def called(function: ast.AST) -> set[str]:
    """The last names of everything a function calls."""
    return {
        tree.dotted(node.func).rpartition(".")[2]
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and tree.dotted(node.func)
    }


def accepts_get(decorator: ast.expr) -> bool:
    """Without a list of methods Frappe answers every one."""
    words = decorator.keywords if isinstance(decorator, ast.Call) else []
    methods = next((word.value for word in words if word.arg == "methods"), None)
    if not isinstance(methods, ast.List):
        return True
    return "GET" in {item.value for item in methods.elts if isinstance(item, ast.Constant)}


def writes(function: ast.AST) -> bool:
    """Tell whether a function itself writes a document; what saves a workbook names where to."""
    return any(
        isinstance(node, ast.Call)
        and tree.dotted(node.func).rpartition(".")[2] in WRITES
        and not (tree.dotted(node.func).endswith("save") and node.args)
        for node in ast.walk(function)
    )


def writing_functions(root: Path) -> set[str]:
    """Names of the app's functions that write, directly or through another; followed by names that exist once alone."""
    found = [
        function
        for path in tree.app_files(root, ".py")
        if not tree.is_test(path) and "domain" not in path.parts
        for function in tree.functions(tree.parse(path))
    ]
    count = Counter(function.name for function in found)
    calls = {
        function.name: [called(function) | ({"writes!"} if writes(function) else set())]
        for function in found
        if count[function.name] == 1
    }
    return _reaching(calls, {"writes!"})


def asking_functions(root: Path) -> set[str]:
    """Names of the app's functions that ask for permission, directly or through another of them.

    Names stand for functions here: two of the same name count as one, and both must ask.
    """
    calls: dict[str, list[set[str]]] = {}
    for path in tree.app_files(root, ".py"):
        if not tree.is_test(path):
            for function in tree.functions(tree.parse(path)):
                calls.setdefault(function.name, []).append(called(function))
    return _reaching(calls, ASKS)


def _reaching(calls: dict[str, list[set[str]]], goals: set[str]) -> set[str]:
    reaching: set[str] = set()
    for _ in range(len(calls)):
        more = {
            name
            for name, bodies in calls.items()
            if name not in reaching and all(body & (goals | reaching) for body in bodies)
        }
        if not more:
            break
        reaching |= more
    return reaching


def _guest(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and any(word.arg == "allow_guest" for word in decorator.keywords)


def findings(root: Path) -> list[str]:
    found = []
    asking, writing = asking_functions(root), writing_functions(root)
    for path in tree.app_files(root, ".py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        for function in tree.functions(tree.parse(path)):
            decorator = whitelisted(function)
            if decorator is None:
                continue
            place = tree.at(root, path, function.lineno)
            missing = untyped(function)
            if missing:
                found.append(f"{place}: {function.name} has no type for {', '.join(missing)}")
            if accepts_get(decorator) and (writes(function) or called(function) & writing):
                found.append(f'{place}: {function.name} writes: say methods=["POST"]')
            if _guest(decorator):
                above = lines[function.decorator_list[0].lineno - 2].strip()
                if not above.startswith("#"):
                    found.append(f"{place}: {function.name} is open to guests; the line above must say why")
            elif not called(function) & (ASKS | asking):
                found.append(f"{place}: {function.name} never asks whether the caller may")
    return found
