#!/usr/bin/env bash
# Tells Spark which GPUs this machine has: {"name": "gpu", "addresses": ["0", "1"]}. Without a
# driver it fails, since a worker that silently offers none would leave every task waiting.
set -euo pipefail

if ! indices="$(nvidia-smi --query-gpu=index --format=csv,noheader)"; then
  echo "gpus.sh: nvidia-smi failed; is there an NVIDIA driver on $(hostname)?" >&2
  exit 1
fi
addresses="$(printf '%s\n' "$indices" | sed -nE 's/^[[:space:]]*([0-9]+)[[:space:]]*$/"\1"/p' | paste -sd, -)"
printf '{"name": "gpu", "addresses": [%s]}\n' "$addresses"
