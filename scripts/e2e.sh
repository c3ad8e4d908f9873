#!/usr/bin/env bash
# Runs the workflows in examples/ and in the pages with act. Installs act in the user's cache. Needs Go.
set -euo pipefail
cd "$(dirname "$0")/.."

version=v0.2.87
PATH=$PATH:/usr/local/go/bin
command -v go >/dev/null || { echo 'The end-to-end tests need Go, which is not installed.' >&2; exit 1; }

tools=${XDG_CACHE_HOME:-$HOME/.cache}/sprinklr-token/act-$version
test -x "$tools/act" || GOBIN=$tools go install "github.com/nektos/act@$version"
ACT=$tools/act exec node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js --selectProjects e2e --testTimeout 120000 "$@"
