#!/usr/bin/env bash
# Checks that everything generated, formatted and tidied is committed as the tools would write it, and that lint is content.
# It compares the tree before and after, so work in progress does not disturb it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# state is a digest of every tracked and untracked file and its content.
state() {
	git ls-files --cached --others --exclude-standard -z | sort -z | while IFS= read -r -d '' file; do
		if [[ -f "$file" ]]; then
			printf '%s %s\n' "$(git hash-object -- "$file")" "$file"
		fi
	done
}

before="$(mktemp)"
after="$(mktemp)"
trap 'rm -f "$before" "$after"' EXIT

state >"$before"
make --no-print-directory generate manifests golden fmt
state >"$after"
if ! diff -u "$before" "$after"; then
	echo "verify: the files above are not as generated or formatted; they are now: look at them and commit them." >&2
	exit 1
fi
go mod tidy -diff
go vet ./...
make --no-print-directory lint
echo "verify: all is as it should be"
