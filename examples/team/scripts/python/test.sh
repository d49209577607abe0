#!/bin/bash
set -euo pipefail
/opt/venv/bin/python -m unittest discover --verbose
