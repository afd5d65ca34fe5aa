#!/usr/bin/python
# Copyright: the acct developers
# Licensed under the Apache License, Version 2.0

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: info
short_description: Read counters and whether a host is in sync with its policies
version_added: "1.0.0"
description:
  - Reads what acct has counted, its version, and whether the kernel is as policies say.
  - It never changes anything.
options:
  policies:
    description:
      - Files and directories of policies on the target. Without policies C(in_sync) is not returned.
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
  names:
    description:
      - Chains and rules to show, as C(CHAIN) or C(CHAIN/RULE). Without names all of acct's are shown.
    type: list
    elements: str
    default: []
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
    description: Reads only.
    support: full
"""

EXAMPLES = r"""
- name: Read all counters
  acct.netfilter.info:
  register: acct

- name: Show what one customer has used
  ansible.builtin.debug:
    msg: "{{ acct.counters }}"
"""

RETURN = r"""
version:
  description: acct's version.
  type: str
  returned: always
counters:
  description: What C(acct show --output json) prints.
  type: dict
  returned: always
in_sync:
  description: Whether the kernel is as the policies say.
  type: bool
  returned: when policies are given
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.acct.netfilter.plugins.module_utils.command import (
    CHANGES,
    OK,
    POLICIES,
    SHARED,
    Acct,
    shown,
)


def version(module, program):
    status, out, err = module.run_command([program, "version"])
    if status != OK:
        module.fail_json(msg=err.strip() or "acct version failed")
    return out.split()[-1]


def main():
    module = AnsibleModule(
        argument_spec=dict(
            names=dict(type="list", elements="str", default=[]), **dict(SHARED, **POLICIES)
        ),
        mutually_exclusive=[("policies", "content")],
        supports_check_mode=True,
    )
    acct = Acct(module)
    result = dict(changed=False, version=version(module, acct.program))
    show = ["show", "--output", "json"] + acct.options() + ["--"] + module.params["names"]
    status, counters, messages = acct.run(show)
    # Status 2: some of them are not in the kernel any more, and their totals are shown.
    if status not in (OK, CHANGES) or not counters:
        module.fail_json(msg=messages or "acct show failed", **result)
    result["counters"] = counters[-1]
    if module.params["policies"] or module.params["content"] is not None:
        operands, stdin = acct.policies()
        plan = ["plan", "--output", "json", "--detailed-exitcode"]
        status, plans, messages = acct.run(plan + acct.options() + operands, stdin)
        if status not in (OK, CHANGES):
            found = plans[-1].get("diagnostics", []) if plans else []
            errors = [shown(one) for one in found if one["severity"] == "error"]
            module.fail_json(msg="\n".join(errors or [messages or "acct plan failed"]), **result)
        result["in_sync"] = status == OK
    module.exit_json(**result)


if __name__ == "__main__":
    main()
