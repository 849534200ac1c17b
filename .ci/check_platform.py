"""Starts the program where it cannot work, with a real spark-submit: it has to say so at once.

Environment: CI_SPARK_BIN, the folder of spark-submit; CI_JAR, the jar for it.
"""

import os
import subprocess
import sys

import checks


# The script finds its Spark through the Python that stands first.
PATH = {"PATH": f"{os.environ['CI_SPARK_BIN']}:{os.environ['PATH']}"}


def check_that_spark_connect_is_refused():
    submit = ["spark-submit", "--class", "org.mergetomix.MergeToMix"]
    program = [os.environ["CI_JAR"], "check", "--set", "manifest=none.conf"]
    server = "sc://127.0.0.1:1"
    for options, variables in ((["--remote", server], {}), ([], {"SPARK_REMOTE": server})):
        result = subprocess.run(
            submit + options + program,
            env=os.environ | PATH | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 2, (options, variables, result.stderr)
        assert "Error: Spark Connect has no RDDs" in result.stderr, result.stderr


if __name__ == "__main__":
    sys.exit(checks.run(sys.modules[__name__]))
