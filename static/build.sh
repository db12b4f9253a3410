#!/bin/sh
# Makes static/s.js and static/ui.js of static/src. For developers, with node and npm:
#     sh static/build.sh
# Each file begins with the sha256 of its sources, which tests/test_static.py checks.
set -eu
cd "$(dirname "$0")/src"

[ -x node_modules/.bin/terser ] || npm install --no-package-lock --no-audit --no-fund --silent

# build NAME FLAGS SOURCE...
build() {
    name=$1 flags=$2
    shift 2
    {
        printf '//sha256:%s\n' "$(cat "$@" | sha256sum | cut -d ' ' -f 1)"
        npx terser "$@" $flags --mangle --ecma 2020 \
            --compress passes=3,ecma=2020,toplevel,unsafe_arrows,pure_getters,keep_fargs=false
    } >"../$name.new"
    mv "../$name.new" "../$name"
    echo "static/$name: $(gzip -9c "../$name" | wc -c) bytes packed"
}

build s.js '--enclose --mangle toplevel' read.js s.js
build ui.js --module ui.js
