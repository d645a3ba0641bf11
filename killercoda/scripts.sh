#!/bin/bash
# Writes the scripts of a page, or what it appends to them: `scripts.sh page.md`.
sed -n '/^cat >/,/^PYTHON$/p' "$1" | bash
