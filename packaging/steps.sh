# Sourced by packaging/quickstart and tests/run: long steps that show how far they are, keep a log each, and say which
# one failed. The caller sets `me` (its name in messages) and `log_directory`.
# shellcheck shell=bash disable=SC2154

# Descriptors 8 and 9 are this file's: 8 never has anything to read, so that `read -t` on it sleeps without a process
# that outlives an interrupted step; 9 is the lock of the checkout. No command inherits them.
exec 8<> <(:)

shower=
trap stop_progress EXIT # a trap of the caller's own ends in a step, which does the same

last_line() {
    tail -c 2000 "$1" 2>/dev/null | tr '\r' '\n' | tr -d '\000-\010\013-\037' | awk 'NF { line = $0 } END { print line }'
}

clock() {
    printf '%d:%02d' $(($1 / 60)) $(($1 % 60))
}

stop_progress() {
    if [[ -n $shower ]]; then
        kill "$shower" 2>/dev/null || true
        wait "$shower" 2>/dev/null || true
        shower=
        if [[ -t 1 ]]; then
            printf '\r\033[K'
        fi
    fi
}

# On a terminal one line that counts, elsewhere (CI, a file) a line every 20 seconds.
show_progress() {
    local name=$1 log=$2 started=$SECONDS elapsed line
    while kill -0 $$ 2>/dev/null; do
        read -r -t 1 -u 8 || true
        elapsed=$((SECONDS - started))
        line="  $name $(clock "$elapsed")  $(last_line "$log")"
        if [[ -t 1 ]]; then
            printf '\r\033[K%s' "${line:0:$((${COLUMNS:-$(tput cols 2>/dev/null || echo 80)} - 1))}"
        elif ((elapsed % 20 == 0)); then
            printf '%s\n' "${line:0:110}"
        fi
    done
}

report_failure() {
    local name=$1 log=$2 status=$3
    {
        echo "$me: the step '$name' failed with exit $status. The last lines of its log:"
        tail -n 25 "$log" | sed 's/^/    /'
        echo "The whole log: $log"
    } >&2
}

# step NAME COMMAND...: the command stays in the foreground, so that Ctrl-C and sudo's prompt reach it.
step() {
    local name=$1 log started=$SECONDS status=0
    shift
    stop_progress
    mkdir -p "$log_directory"
    log=$log_directory/${name// /-}.log
    : >"$log"
    show_progress "$name" "$log" &
    shower=$!
    "$@" >"$log" 2>&1 </dev/null 8<&- 9<&- || status=$?
    stop_progress
    if ((status == 130)); then
        exit 130
    elif ((status != 0)); then
        report_failure "$name" "$log" "$status"
        exit 1
    fi
    printf '  %-44s %s\n' "$name" "$(clock $((SECONDS - started)))"
}

# One of the commands at a time in a checkout: they share build/release.
lock_checkout() {
    exec 9<"$1/packaging/steps.sh"
    if ! flock -n 9; then
        echo "$me: another quickstart or tests/run is at work in this checkout; waiting for it" >&2
        flock 9
    fi
}

unlock_checkout() {
    exec 9<&-
}

# A build directory left by sudo would fail later and less clearly.
require_writable_build() {
    local build=$1/build
    mkdir -p "$build"
    if [[ ! -w $build || (-e $build/release && ! -w $build/release) ]]; then
        echo "$me: $build belongs to $(stat -c %U "$build/release" 2>/dev/null || stat -c %U "$build")," \
            "from an earlier run with sudo: use sudo again, or chown it" >&2
        exit 1
    fi
}

# Asks for sudo's password before a progress line covers the question. Where there is no sudo, install-packages says so.
ask_for_sudo() {
    local missing
    missing=$("$1/packaging/install-packages" --missing "${@:2}")
    if [[ -n $missing ]]; then
        echo "Debian packages to install: $(wc -l <<<"$missing") and what they need"
        if ((EUID != 0)) && command -v sudo >/dev/null; then
            sudo -v
        fi
    fi
}
