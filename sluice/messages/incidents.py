"""Texts of incidents, and of what people did with them."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    # what happened
    "incident_rows": "{problem}: {observed}",
    "incident_batch": "{observed}; expected: {expected}",
    "incident_not_evaluated": "not evaluated whether {problem}: {reason}",
    # why
    "cause_part": "{failing:,} of {all_failing:,} failing rows have {parts}: {share:.1%} of these {rows:,} rows fail, {elsewhere:.1%} of the others",
    "cause_of_batches": Plural("batches", "{cause} (in the newest batch)", "{cause} (in the last {batches} batches)"),
    "cause_value": "{column} = {value}",
    "cause_empty": "{column} is empty",
    "cause_none": Plural(
        "failing",
        "no part of the data explains the only failing row of {rows:,}",
        "no part of the data explains the {failing:,} failing rows of {rows:,}",
    ),
    # for how long
    "incident_habit": "it fails on each of the last {batches:,} batches, since {since:time} UTC; observed: {observed}. "
    "Try other limits, or expect it: what always fails warns of nothing",
    "incident_habit_unmeasured": "it fails on each of the last {batches:,} batches, since {since:time} UTC. "
    "Change the rule, or expect it: what always fails warns of nothing",
    "habit_shares": "{low:.2%} to {high:.2%}",
    "habit_values": "{low:,.10g} to {high:,.10g}",
    # what people did
    "incident_muted": "until {until:time} UTC",
    "incident_assigned": "to {owner}",
    "incident_expected": "{cause:word}",
    "incident_settled": "the rule passes, and no row is held for it",
    "incident_holds_again": "rows are held for its rule again",
    "incident_column_settled": "the column is in the file, or declared no longer",
    "incident_rule_gone": "its rule is gone, and no row is held for it",
    # what is refused
    "incident_unknown": "there is no incident {incident}; `sluice incidents list` shows them",
    "incident_resolved_already": "incident {incident} is resolved already; a rule that fails again opens a new one",
    "incident_followed": "incident {incident} stays resolved: its rule failed again, and incident {follows} is about that",
    "incident_holds_rows": "rows are still held for {rule}: release or reject them first (`sluice quarantine list {dataset}` shows them), "
    "or `sluice incidents expect {incident}`",
    "incident_unnamed": "an act on an incident needs the name of who acts (--by)",
}
