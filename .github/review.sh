#!/usr/bin/env bash
# What the action does: contracts and differences of the checkout against BASE, into REPORT/report.md and *.sarif. The exit
# code is 6 where a finding of a kind in FAIL_ON (contracts, breaks, removed, any) was made.
set -uo pipefail
BASE=${BASE:-HEAD~1}
FAIL_ON=${FAIL_ON-contracts}  # empty is none
REPORT=${REPORT:-axon-report}
mkdir -p "$REPORT"
failed=0
wants() { [[ ",$FAIL_ON," == *",$1,"* ]]; }
# The exit code 6 is a finding; any other but 0 is trouble, and ends the job.
found() {
  case $1 in
    0) return 1 ;;
    6) return 0 ;;
    *) exit "$1" ;;
  esac
}

# The exit code 4 is an index of all but what could not be read.
axon analyze --no-embeddings --quiet . || [[ $? == 4 ]] || exit 1
git rev-parse --quiet --verify "$BASE^{commit}" >/dev/null || git fetch --quiet --depth=1 origin "$BASE" || exit 2

echo "<!-- axon-review -->" > "$REPORT/report.md"
axon diff "$BASE" --format markdown --limit 15 >> "$REPORT/report.md" || exit $?
axon diff "$BASE" --format sarif > "$REPORT/diff.sarif" || exit $?
for kind in breaks removed any; do
  if wants "$kind"; then
    axon diff "$BASE" --fail-on "$kind" --json > /dev/null
    found $? && failed=6
  fi
done
if axon check --help >/dev/null && { grep -qs '^\[\[check\.contracts\]\]' axon.toml || grep -qs 'axon\.check' pyproject.toml; }; then
  { echo; axon check --format markdown; } >> "$REPORT/report.md"
  found $? && wants contracts && failed=6
  axon check --format sarif > "$REPORT/check.sarif"
fi
if [[ -n ${GITHUB_STEP_SUMMARY:-} ]]; then cat "$REPORT/report.md" >> "$GITHUB_STEP_SUMMARY"; fi
if [[ -n ${GITHUB_OUTPUT:-} ]]; then
  { echo "report=$REPORT/report.md"; echo "sarif=$REPORT"; } >> "$GITHUB_OUTPUT"
fi
exit "$failed"
