#!/bin/sh
# Makes the browser files in static/ of static/src. For developers, with node and npm:
#     sh static/build.sh          all of them
#     sh static/build.sh s.js     those named
# Each file begins with the sha256 of its sources, which tests/test_static.py checks.
set -eu
cd "$(dirname "$0")/src"

[ -x node_modules/.bin/terser ] || npm install --no-package-lock --no-audit --no-fund --silent

wanted=" ${*:-s.js find.js ui.js debug.js} "

# build NAME FLAGS SOURCE...
build() {
    name=$1 flags=$2
    shift 2
    case $wanted in *" $name "*) ;; *) return 0 ;; esac
    {
        printf '//sha256:%s\n' "$(cat "$@" | sha256sum | cut -c 1-16)"
        npx terser "$@" $flags --mangle --ecma 2020 \
            --compress passes=3,ecma=2020,toplevel,unsafe_arrows,pure_getters,keep_fargs=false
    } >"../$name.new"
    mv "../$name.new" "../$name"
    echo "static/$name: $(gzip -9c "../$name" | wc -c) bytes packed"
}

build s.js '--enclose --mangle toplevel' read.js s.js
build find.js --module find.js layer.js page.js
build ui.js --module ui.js
[ ! -f debug.js ] || build debug.js --module debug.js
