#!/usr/bin/env bash
# Records the verdicts of Helm 2.17.0's --wait: tools/record_wait_cases/run.sh GO_MOD_FOLDER
#   GO_MOD_FOLDER   a folder with go.mod and go.sum that require k8s.io/helm v2.17.0 and what it was built with
# GO names the Go program (1.14 builds it). Writes testdata/readiness/wait_cases.jsonl.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
go=${GO:-go}
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cp "$1"/go.* "$dir"; chmod u+w "$dir"/go.*
helm=$(cd "$dir" && "$go" list -m -f '{{.Dir}}' k8s.io/helm)
mkdir "$dir/kube"; cp "$helm"/pkg/kube/*.go "$dir/kube"; chmod -R u+w "$dir/kube"; rm -f "$dir"/kube/*_test.go
cp "$here/record_test.go" "$dir/kube"
deno run --quiet --no-check "$here/cases.ts" > "$dir/cases.jsonl"
(cd "$dir" && WAIT_CASES=$dir/cases.jsonl WAIT_VERDICTS=$dir/verdicts.jsonl "$go" test -count=1 ./kube)
cp "$dir/verdicts.jsonl" "$here/../../testdata/readiness/wait_cases.jsonl"
