"""Start a module in any bench's Python, with extra folders at the END of the search path.

    python start.py FOLDER[:FOLDER...] MODULE [ARGUMENT ...]

Nothing has to be installed in that bench for it, and nothing of its own is shadowed.
"""

import runpy
import sys

if __name__ == "__main__":
    sys.path.pop(0)
    sys.path.extend(folder for folder in sys.argv[1].split(":") if folder and folder not in sys.path)
    module = sys.argv[2]
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
