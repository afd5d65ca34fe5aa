# Copyright: the acct developers
# Licensed under the Apache License, Version 2.0
"""Runs acct and reads its JSON. All decisions are acct's own."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json
import os
import tempfile

OK = 0
CHANGES = 2

SHARED = dict(
    executable=dict(type="path"),
    state_dir=dict(type="path"),
    iptables=dict(type="path"),
)

POLICIES = dict(
    policies=dict(type="list", elements="path"),
    content=dict(type="raw"),
    parameters=dict(type="dict", default={}),
)


class Acct(object):
    """One acct of a host, as a module asks for it."""

    def __init__(self, module):
        self.module = module
        self.program = module.params["executable"] or module.get_bin_path(
            "acct", required=True, opt_dirs=["/usr/bin", "/usr/local/bin"]
        )
        self._files = []

    def options(self):
        """The options that every command takes."""
        words = []
        for name in ("state_dir", "iptables"):
            if self.module.params[name]:
                words += ["--" + name.replace("_", "-"), self.module.params[name]]
        return words

    def policies(self):
        """The operands and options that name policies, and standard input, if one is given there."""
        params = self.module.params
        words = []
        if params["parameters"]:
            words += ["--values", self._file(json.dumps(params["parameters"]))]
        if params.get("content") is None:
            return words + ["--"] + params["policies"], None
        content = params["content"]
        # JSON is YAML.
        text = content if isinstance(content, str) else json.dumps(content)
        return words + ["--", "-"], text

    def _file(self, text):
        handle, path = tempfile.mkstemp(suffix=".yaml", dir=self.module.tmpdir)
        with os.fdopen(handle, "w") as out:
            out.write(text)
        self._files.append(path)
        self.module.add_cleanup_file(path)
        return path

    def run(self, words, stdin=None):
        """Runs a command; returns its exit status, its JSON documents and its messages."""
        status, out, err = self.module.run_command(
            [self.program] + words,
            data=stdin,
            binary_data=False,
            environ_update={"NO_COLOR": "1"},
        )
        return status, documents(out), err.strip()


def documents(text):
    """All JSON documents of a text: an apply that plans again prints each plan."""
    decoder = json.JSONDecoder()
    found = []
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if at >= len(text):
            return found
        try:
            one, at = decoder.raw_decode(text, at)
        except ValueError:
            return found
        found.append(one)


def shown(diagnostic):
    """A diagnostic as acct prints it."""
    place = diagnostic["file"]
    if diagnostic["line"]:
        place += ":%d" % diagnostic["line"]
        if diagnostic["column"]:
            place += ":%d" % diagnostic["column"]
    return "%s: %s: %s [%s]" % (
        place,
        diagnostic["severity"],
        diagnostic["message"],
        diagnostic["code"],
    )


def diff(plan):
    """The rules of a plan before and after, for --diff."""
    before = []
    after = []
    for change in plan.get("changes", []):
        address = change["address"]
        table = "/".join(address.split("/")[:2])
        chain = address.split("/")[2] if change["kind"] != "chain" else ""
        for text, side in ((change["before"], before), (change["after"], after)):
            if text is not None:
                words = "-N " + text if change["kind"] == "chain" else "-A %s %s" % (chain, text)
                move = " (moves)" if change["action"] == "move" and side is after else ""
                side.append("%s %s%s" % (table, words, move))
    return dict(
        before="".join(line + "\n" for line in before),
        after="".join(line + "\n" for line in after),
        before_header="accounting rules",
        after_header="accounting rules",
    )
