"""Answers requests, JSON lines on standard input, on standard output; or checks itself.

Nothing else may reach standard output: before anything is imported that might print, its descriptor
becomes that of the errors, and answers go through one of their own, which no child has.
"""

import os
import sys


def main():
    for key in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE"):
        os.environ.setdefault(key, "1")
    os.environ.setdefault("HF_EVALUATE_OFFLINE", "1")
    os.environ.setdefault("TQDM_DISABLE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    if "--self-check" in sys.argv:
        from merge_to_mix_worker import self_check

        return self_check.run([each for each in sys.argv[1:] if each != "--self-check"])
    if len(sys.argv) > 1:
        print("usage: merge-to-mix-worker [--self-check [OPTIONS]]", file=sys.stderr)
        return 2
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    from merge_to_mix_worker.channel import Channel

    Channel(sys.stdin, answers).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
