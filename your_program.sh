#!/bin/sh
# Runs the broker: ./your_program.sh [server.properties]
#
# In a fresh clone, and after a change of the sources, it installs and builds first. Otherwise it compares the time stamps
# of the sources, which takes a few milliseconds, and becomes the broker. The arguments and the working directory go
# to the broker as they are.
#
# The time of dist/.built is when the last good build began; what is newer has not been built.

self=$0
case $self in */*) ;; *) self=./$self ;; esac
while [ -h "$self" ]; do
  target=$(readlink "$self")
  case $target in /*) self=$target ;; *) self=${self%/*}/$target ;; esac
done
root=$(CDPATH='' cd -P -- "${self%/*}" && pwd) || exit 1
stamp=$root/dist/.built
lock=$root/.cache/build.lock

say() { printf 'millrace: %s\n' "$1" >&2; }

# The last build is of these sources.
built() {
  [ -f "$stamp" ] && [ -z "$(find "$root/lib" "$root/package.json" "$root/package-lock.json" \
    "$root/tsconfig.json" "$root/tsconfig.build.json" -newer "$stamp" 2>&1)" ]
}

# The dependencies are there, as the lock file says.
installed() {
  inventory=$root/node_modules/.package-lock.json
  [ -f "$inventory" ] && [ -z "$(find "$root/package-lock.json" -newer "$inventory")" ]
}

# require_module: CommonJS may load ES modules, which came with 20.19 and, in its own line, with 22.12.
check_node() {
  node -e 'process.exit(process.features.require_module ? 0 : 1)' 2>/dev/null && return
  say "Node $(node -v) is too old: 20.19 or newer is needed, in the 22 line 22.12 or newer (https://nodejs.org)"
  exit 1
}

# Runs a step quietly; if it fails, shows the end of what it said and gives up.
step() {
  (cd "$root" && "$@") >"$lock/output" 2>&1 && return
  say "'$*' failed in $root:"
  tail -n 30 "$lock/output" >&2
  exit 1
}

# One process at a time; who comes second waits, and takes over from one that died.
take_lock() {
  mkdir -p "$root/.cache" || exit 1
  waited=0
  while ! mkdir "$lock" 2>/dev/null; do
    [ -d "$lock" ] || { say "cannot write to $root/.cache"; exit 1; }
    [ "$waited" -ne 5 ] || say "waiting for another process that builds (if there is none, remove $lock)"
    waited=$((waited + 1))
    sleep 1
    owner=$(cat "$lock/pid" 2>/dev/null)
    [ -z "$owner" ] || kill -0 "$owner" 2>/dev/null || rm -rf "$lock"
  done
  trap 'rm -rf "$lock"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  echo $$ >"$lock/pid"
}

drop_lock() {
  rm -rf "$lock"
  trap - EXIT INT TERM HUP
}

build() {
  mkdir -p "$root/dist" || exit 1
  : >"$lock/built"
  if installed; then
    say 'first start of these sources: building'
  else
    say 'first start of these sources: installing and building, which takes a minute'
    step npm ci --include=dev --no-audit --no-fund --loglevel=error
  fi
  step npm run build --silent
  mv "$lock/built" "$stamp"
}

command -v node >/dev/null || {
  say 'Node is not installed: 20.19 or newer is needed (https://nodejs.org)'
  exit 127
}
if ! built; then
  check_node
  take_lock
  built || build
  drop_lock
fi
# Node 22 and newer keep compiled code there, which saves a tenth of the start; older ones do not look at it.
export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE-$root/.cache/compiled}"
exec node "$root/dist/lib/main.js" "$@"
