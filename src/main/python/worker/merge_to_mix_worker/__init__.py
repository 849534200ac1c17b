"""Evaluates models whose parameters merge-to-mix writes into shared memory."""

VERSION = "1"
PROTOCOL = 1
