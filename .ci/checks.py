"""Runs the functions of a module whose names begin with check_, and counts."""

import inspect
import sys
import traceback


def run(module):
    """Runs every check in the order of the file, prints the count, and returns an exit code."""
    failed = 0
    found = [
        (name, function)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("check_")
    ]
    found.sort(key=lambda check: check[1].__code__.co_firstlineno)
    for name, function in found:
        try:
            function()
            print(f"ok    {name}", flush=True)
        except Exception:
            failed += 1
            print(f"FAIL  {name}", flush=True)
            traceback.print_exc(file=sys.stdout)
    print(f"{len(found) - failed} passed, {failed} failed", flush=True)
    return 1 if failed or not found else 0
