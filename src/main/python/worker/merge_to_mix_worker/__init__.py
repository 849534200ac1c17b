"""Evaluates models whose parameters merge-to-mix writes into shared memory."""

VERSION = "2"
PROTOCOL = 1

# What it was tested with, as requirements.txt pins it; others may work, and are told.
TESTED = {
    "torch": "2.15.0",
    "transformers": "5.24.0",
    "safetensors": "0.8.0",
    "tokenizers": "0.23.3",
    "numpy": "2.4.6",
    "accelerate": "1.15.0",
    "lm_eval": "0.4.13",
}
