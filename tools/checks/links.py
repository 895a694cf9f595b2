#!/usr/bin/env python3
"""Links between the pages of the documentation lead somewhere."""
import os
import re

import common

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def check(root):
    faults = []
    pages = [p for p in common.files(root, ("README.md", "CONTRIBUTING.md", "docs", "cities"),
                                     (".md",))]
    for page in pages:
        text = re.sub(r"```.*?```", "", common.text(root, page), flags=re.S)
        for target in LINK.findall(text):
            path = os.path.join(root, os.path.dirname(page), target)
            if "://" not in target and not os.path.exists(path):
                faults.append(f"{page}: {target} is not there")
    return faults


def self_test():
    made = {"README.md": "[a](docs/a.md) [b](docs/b.md) [c](https://c.example/) ![d](d.png)\n",
            "docs/a.md": "[up](../README.md#top) [x](x.md)\n```\n[y](y.md)\n```\n"}
    return common.proves(check, made, ["docs/b.md", "d.png", "x.md"])


if __name__ == "__main__":
    common.finish(self_test(), check(common.ROOT))
