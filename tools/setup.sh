#!/bin/sh
# Install the Debian packages that are missing. Does nothing, and needs no network, when all are
# there.
#
#   tools/setup.sh [build|test|bench]      build by default; test includes build, bench both
set -eu

here=$(dirname "$0")
wanted=${1:-build}
case $wanted in
build) groups=" build " ;;
test) groups=" build test " ;;
bench) groups=" build test bench " ;;
*)
    echo "setup: '$wanted' is none of build, test, bench" >&2
    exit 2
    ;;
esac

has() { command -v "$1" >/dev/null 2>&1; }

node_is_new_enough() {
    has node && has npm && node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)'
}

# Some come from elsewhere on many machines: what is on PATH and new enough is not installed again.
is_there_otherwise() {
    case $1 in
    nodejs | npm) node_is_new_enough ;;
    python3) has python3 && python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' ;;
    python3-venv) has python3 && python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    chromium) has chromium ;;
    cmake) has cmake && cmake -E capabilities | grep -q '"major":\([4-9]\|3,"minor":\(2[5-9]\|[3-9][0-9]\)\)' ;;
    ninja-build) has ninja ;;
    *) return 1 ;;
    esac
}

if ! has dpkg-query; then
    echo "setup: this is not Debian; Thalweg needs the likes of these packages:" >&2
    grep -v '^#' "$here/debian-packages.txt" | cut -d ' ' -f 1 | tr '\n' ' ' >&2
    echo >&2
    exit 0
fi

missing=""
while read -r package major group; do
    case $package in "" | "#"*) continue ;; esac
    case $groups in *" $group "*) ;; *) continue ;; esac
    state=$(dpkg-query -W -f='${db:Status-Abbrev} ${Version}' "$package" 2>/dev/null || true)
    case $state in
    ii*)
        version=${state#* }
        version=${version##* }
        version=${version#*:}
        case $major in -) continue ;; esac
        case $version in
        "$major".* | "$major"-* | "$major"+*) ;;
        *) is_there_otherwise "$package" ||
            echo "setup: note: $package is $version; we test with $major" >&2 ;;
        esac
        ;;
    *) is_there_otherwise "$package" || missing="$missing $package" ;;
    esac
done <"$here/debian-packages.txt"

[ -n "$missing" ] || exit 0

run_as=""
if [ "$(id -u)" -ne 0 ]; then
    if has sudo && sudo -n true 2>/dev/null; then
        run_as="sudo -n"
    else
        echo "setup: these Debian packages are missing; install them, then try again:" >&2
        echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
        exit 1
    fi
fi

install_missing() {
    # shellcheck disable=SC2086 # the list is meant to be split
    $run_as env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 $missing
}

echo "setup: installing$missing"
# The package lists of a fresh machine are empty or too old: fetch them only then.
if ! install_missing; then
    echo "setup: fetching the package lists"
    $run_as apt-get update -q
    install_missing
fi
