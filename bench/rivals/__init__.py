"""The gate's job on other plumbing: verdicts, cases, state and offsets in one transaction."""
