#!/bin/bash
# Only the tracked files are here: /kozmic/src/requirements.txt.
set -euo pipefail
sudo apt-get update
sudo apt-get install --yes --no-install-recommends python3 python3-venv
sudo python3 -m venv /opt/venv
sudo /opt/venv/bin/pip install --requirement requirements.txt
