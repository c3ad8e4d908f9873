#!/usr/bin/env bash
# Runs the workflows in examples/ and in the pages with act, and examples/gitlab-ci.yml with gitlab-ci-local. Installs act
# and gitlab-ci-local in the user's caches, and rsync. Needs Go.
set -euo pipefail
cd "$(dirname "$0")/.."

version=v0.2.87
PATH=$PATH:/usr/local/go/bin
command -v go >/dev/null || { echo 'The end-to-end tests need Go, which is not installed.' >&2; exit 1; }

tools=${XDG_CACHE_HOME:-$HOME/.cache}/sprinklr-token/act-$version
test -x "$tools/act" || GOBIN=$tools go install "github.com/nektos/act@$version"

# gitlab-ci-local copies the repository with it.
if ! command -v rsync >/dev/null; then
  as_root=()
  test "$(id -u)" = 0 || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq rsync >/dev/null
fi
gitlab_ci_local=$(npx -y -p node@24 -p gitlab-ci-local@4.75.1 -- sh -c 'command -v gitlab-ci-local')

ACT=$tools/act GITLAB_CI_LOCAL=$gitlab_ci_local \
  exec node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js --selectProjects e2e --testTimeout 120000 "$@"
