"""Runs the functions of a module whose names begin with check_, and counts."""

import inspect
import traceback


def run(module):
    """Runs every check in the order of the file, prints the count, and returns an exit code."""
    failures = []
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
            print(f"FAIL  {name}", flush=True)
            failures.append((name, traceback.format_exc()))
    for name, trace in failures:
        print(f"\n{name}\n{trace}", flush=True)
    print(f"{len(found) - len(failures)} passed, {len(failures)} failed", flush=True)
    return 1 if failures or not found else 0
