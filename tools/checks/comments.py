#!/usr/bin/env python3
"""Every function and type of include/thalweg has a comment /** ... */ right above it."""
import re

import common

STRING = re.compile(r'"(?:\\.|[^"\\])*"')
COMMENT = re.compile(r"/\*.*?\*/", re.S)


def blank(match):
    """A comment becomes blanks of its length; a /** comment ends in a mark."""
    kept = re.sub(r"[^\n]", " ", match.group())
    return kept[:-1] + "\x01" if match.group().startswith("/**") else kept


def declarations(source):
    """(line, text) of every declaration at the outermost level."""
    source = source.replace('extern "C" {', " ")
    source = STRING.sub(lambda m: " " * len(m.group()), source)
    source = COMMENT.sub(blank, source)
    source = re.sub(r"^[ \t]*#(?:.*\\\n)*.*$", lambda m: re.sub(r"[^\n]", " ", m.group()), source,
                    flags=re.M)
    depth, start = 0, 0
    for i, c in enumerate(source):
        depth += (c == "{") - (c == "}")
        if depth < 0:   # the end of extern "C"
            depth, start = 0, i + 1
        if c == ";" and depth == 0:
            yield source[start:i]
            start = i + 1


def check(root):
    faults = []
    for path in common.files(root, ("include/thalweg",), (".h",)):
        for text in declarations(common.text(root, path)):
            words = text.replace("\x01", " ").split()
            if not words or text.lstrip().startswith("\x01"):
                continue
            name = re.search(r"(tw_\w+)\s*\(", text)
            what = name.group(1) if name else " ".join(words)[:60]
            faults.append(f"{path}: {what} has no comment /** ... */ above it")
    return faults


def self_test():
    wrong = {"include/thalweg/a.h": '''
/* not a manual entry */
#ifdef __cplusplus
extern "C" {
#endif
tw_status tw_a(int x);
/** Documented. */
int tw_b(void);
struct tw_c {
    int x; /** inside does not count */
};
#ifdef __cplusplus
}
#endif
'''}
    right = {"include/thalweg/a.h": '''
/** Kinds. */
typedef enum { TW_A, TW_B } tw_kind;
#define TW_X(a) \\
    f(a);
/**
 * Does it.
 *
 * errors  none; really
 */
tw_status tw_a(const char *text,
               int x) __attribute__((format(printf, 1, 2)));
'''}
    return (common.proves(check, wrong, ["tw_a has no", "struct tw_c"])
            and common.proves(check, right, []))


if __name__ == "__main__":
    common.finish(self_test(), check(common.ROOT))
