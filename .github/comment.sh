#!/usr/bin/env bash
# Writes REPORT as a comment on pull request PULL, or over the one that an earlier run has written: there is never a second.
set -euo pipefail
comments="repos/$GITHUB_REPOSITORY/issues/$PULL/comments"
before=$(gh api --paginate "$comments" --jq '.[] | select(.body | startswith("<!-- axon-review -->")) | .id' | head -n 1)
head -c 65000 "$REPORT" > "$REPORT.cut"  # a comment holds 65,536 characters
if [[ -n $before ]]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$before" --field "body=@$REPORT.cut"
else
  gh api --silent "$comments" --field "body=@$REPORT.cut"
fi
