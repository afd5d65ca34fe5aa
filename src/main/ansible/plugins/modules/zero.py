#!/usr/bin/python
# Copyright: the acct developers
# Licensed under the Apache License, Version 2.0

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: zero
short_description: Set counters to zero
version_added: "1.0.0"
description:
  - Begins the counts of chains or rules anew. What they had goes to acct's journal.
  - It needs root. Each packet is in the old total or in the new one.
  - It is always changed. In check mode it does nothing.
options:
  names:
    description:
      - Chains and rules, as C(CHAIN) or C(CHAIN/RULE).
    type: list
    elements: str
    required: true
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
    description: Does nothing.
    support: full
"""

EXAMPLES = r"""
- name: Begin the month
  acct.netfilter.zero:
    names: [CUSTOMERS]
"""

RETURN = r"""
lines:
  description: What acct printed, the values before among it.
  type: list
  elements: str
  returned: when counters were set to zero
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.acct.netfilter.plugins.module_utils.command import OK, SHARED, Acct


def main():
    module = AnsibleModule(
        argument_spec=dict(names=dict(type="list", elements="str", required=True), **SHARED),
        supports_check_mode=True,
    )
    acct = Acct(module)
    if module.check_mode:
        module.exit_json(changed=True)
    words = ["zero"] + acct.options() + ["--"] + module.params["names"]
    status, out, err = module.run_command([acct.program] + words)
    if status != OK:
        module.fail_json(msg=err.strip() or "acct zero failed", exit_status=status)
    module.exit_json(changed=True, lines=out.splitlines())


if __name__ == "__main__":
    main()
