#!/bin/sh
# Makes the browser files in static/ of static/src. For developers, with node and npm:
#     sh static/build.sh          all of them
#     sh static/build.sh s.js     those named
# Each file begins with the sha256 of its sources, which tests/test_static.py checks. Those of every page then say that
# most of their functions are called at once: browsers that know the word compile them beside the page, not one by one in it.
set -eu
cd "$(dirname "$0")/src"

[ -x node_modules/.bin/terser ] || npm install --no-package-lock --no-audit --no-fund --silent

wanted=" ${*:-s.js find.js ui.js dialog.js debug.js} "

AT_ONCE='//# allFunctionsCalledOnLoad
'

# build NAME HINT FLAGS SOURCE...
build() {
    name=$1 hint=$2 flags=$3
    shift 3
    case $wanted in *" $name "*) ;; *) return 0 ;; esac
    {
        printf '//sha256:%s\n%s' "$(cat "$@" | sha256sum | cut -c 1-16)" "$hint"
        npx terser "$@" $flags --mangle --ecma 2020 \
            --compress passes=3,ecma=2020,toplevel,unsafe_arrows,pure_getters,keep_fargs=false
    } >"../$name.new"
    mv "../$name.new" "../$name"
    echo "static/$name: $(gzip -9c "../$name" | wc -c) bytes packed"
}

build s.js "$AT_ONCE" '--enclose --mangle toplevel' read.js s.js
build find.js "$AT_ONCE" --module find.js layer.js page.js
build ui.js '' --module ui.js moments.js theme.js
build dialog.js '' --module popup.js
[ ! -f debug.js ] || build debug.js '' --module debug.js
