#!/usr/bin/python
# Copyright: the acct developers
# Licensed under the Apache License, Version 2.0

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: policy
short_description: Make iptables accounting agree with policies
version_added: "1.0.0"
description:
  - Applies acct policies by the smallest change. Counters that can be kept are kept.
  - The module is changed only when rules of the kernel were changed. Counters never make it so.
  - It needs root. In check mode it plans and changes nothing.
options:
  policies:
    description:
      - Files and directories of policies on the target.
      - Give all policies of a host that share chains in one task.
    type: list
    elements: path
  content:
    description:
      - A policy as YAML text or as a data structure.
    type: raw
  parameters:
    description:
      - Values for the policies' parameters.
    type: dict
    default: {}
  state:
    description:
      - C(applied) makes the kernel agree with the policies.
      - C(planned) plans only, also without check mode, and is never changed.
      - C(pruned) applies, and removes chains and jumps of policies that are not given.
    type: str
    choices: [applied, planned, pruned]
    default: applied
  rehearsal:
    description:
      - Whether what is new is tried in a private network namespace first.
    type: bool
    default: true
  state_dir:
    description:
      - Where acct keeps its lock, journal and totals. acct's own default is C(/var/lib/acct).
    type: path
  iptables:
    description:
      - The iptables command to use, as C(/usr/sbin/iptables-legacy).
    type: path
  executable:
    description:
      - The acct command. It is looked up on the path otherwise.
    type: path
author:
  - The acct developers (@acct)
attributes:
  check_mode:
    description: Plans and changes nothing.
    support: full
  diff_mode:
    description: Shows the accounting rules before and after.
    support: full
"""

EXAMPLES = r"""
- name: Apply the policies of a directory
  acct.netfilter.policy:
    policies: [/etc/acct/policies]

- name: Apply a policy that is written here
  acct.netfilter.policy:
    content:
      apiVersion: acct/v1
      kind: AccountingPolicy
      metadata: {name: web}
      spec:
        chains:
          - name: WEB
            attach: [INPUT]
            rules:
              - {name: https, protocol: tcp, destinationPort: 443}

- name: Apply with another value for a parameter
  acct.netfilter.policy:
    policies: [/etc/acct/policies/lan.yaml]
    parameters: {lan: eth1}
"""

RETURN = r"""
pending:
  description: Whether the plan had something to do.
  type: bool
  returned: always
summary:
  description: How many rules are added, changed, removed and moved.
  type: dict
  returned: when a plan was made
  sample: {add: 1, change: 0, remove: 0, move: 0}
counters:
  description: How many counters are kept, carried, ended and new.
  type: dict
  returned: when a plan was made
  sample: {kept: 5, carried: 0, ended: 0, new: 1}
changes:
  description: Each change with its rule before and after and the fate of its counter.
  type: list
  elements: dict
  returned: when a plan was made
diagnostics:
  description: What acct says of the policies and the host, with file, line and column.
  type: list
  elements: dict
  returned: when a plan was made
plan_id:
  description: Names the plan; equal inputs give the same.
  type: str
  returned: when a plan was made
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.acct.netfilter.plugins.module_utils.command import (
    CHANGES,
    OK,
    POLICIES,
    SHARED,
    Acct,
    diff,
    shown,
)


def words(module):
    state = module.params["state"]
    plans = module.check_mode or state == "planned"
    command = ["plan" if plans else "apply", "--output", "json", "--detailed-exitcode"]
    if not plans:
        command.append("--yes")
    if state == "pruned":
        command.append("--prune")
    if plans and module.params["rehearsal"]:
        command.append("--rehearse")
    if not plans and not module.params["rehearsal"]:
        command.append("--no-rehearsal")
    return plans, command


def main():
    module = AnsibleModule(
        argument_spec=dict(
            state=dict(type="str", choices=["applied", "planned", "pruned"], default="applied"),
            rehearsal=dict(type="bool", default=True),
            **dict(SHARED, **POLICIES)
        ),
        mutually_exclusive=[("policies", "content")],
        required_one_of=[("policies", "content")],
        supports_check_mode=True,
    )
    acct = Acct(module)
    plans, command = words(module)
    operands, stdin = acct.policies()
    status, plan, messages = acct.run(command + acct.options() + operands, stdin)
    result = dict(changed=False, pending=False, exit_status=status, messages=messages.splitlines())
    if plan:
        last = plan[-1]
        diagnostics = last.get("diagnostics", [])
        result.update(
            pending=last.get("changed", False),
            summary=last.get("summary"),
            counters=last.get("counters"),
            changes=last.get("changes", []),
            diagnostics=diagnostics,
            plan_id=last.get("planId"),
        )
        for one in diagnostics:
            if one["severity"] == "warning":
                module.warn(shown(one))
    if status not in (OK, CHANGES):
        errors = [shown(one) for one in result.get("diagnostics", []) if one["severity"] == "error"]
        module.fail_json(msg="\n".join(errors or [messages or "acct failed"]), **result)
    result["changed"] = status == CHANGES and module.params["state"] != "planned"
    if module._diff and plan:
        result["diff"] = diff(last)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
