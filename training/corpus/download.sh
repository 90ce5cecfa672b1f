#!/usr/bin/env bash
# Download the packages named in lists/*.txt with the ordinary clients (npm, apt-get).
#
# usage: download.sh WORK_DIR [LISTS_DIR]
#
# Packages land in WORK_DIR/dl/{npm,deb,src}.  A package that cannot be had is skipped: the corpus is whatever
# arrived, and ATTRIBUTION.tsv says what that was.  What is there already isn't downloaded again.  Nothing is installed and no
# install script runs.
set -uo pipefail

work=${1:?usage: download.sh WORK_DIR [LISTS_DIR]}
lists=$(cd "${2:-$(dirname "$0")/lists}" && pwd)
mkdir -p "$work"/dl/{npm,deb,src} "$work"/apt/{lists/partial,parts}

missing() {   # LIST ARCHIVES: the packages of a list of which no archive is in the folder at hand
    local name file
    while read -r name; do
        file=${name#@}                                # @scope/name is packed as scope-name
        compgen -G "${file//\//-}$2" >/dev/null || echo "$name"
    done <"$lists/$1.txt"
}

download_npm() {
    # Small batches: npm pack gives a whole batch up at the first name it cannot resolve.
    cd "$work/dl/npm" && missing npm '-[0-9]*.tgz' | xargs -r -n 4 -P 4 npm pack --silent --ignore-scripts >../npm.log 2>&1
}

download_debian_binary() {
    cd "$work/dl/deb" && missing debian-binary '_*.deb' | xargs -r -n 15 -P 3 apt-get -q download >../deb.log 2>&1
}

download_debian_source() {
    # A private package index, so that enabling deb-src does not change the machine's own apt configuration.
    local parts=$work/apt/parts
    sed 's/^Types: .*/Types: deb-src/' /etc/apt/sources.list.d/debian.sources >"$parts/source.sources"
    local options=(-q -o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$parts" -o "Dir::State::lists=$work/apt/lists")
    cd "$work/dl/src" && apt-get "${options[@]}" update >../src.log 2>&1
    # A source package has several files, and apt-get takes up those that are there by their checksums.
    xargs -n 1 -P 2 apt-get "${options[@]}" source --download-only <"$lists/debian-source.txt" >>../src.log 2>&1
}

download_npm &
download_debian_binary &
download_debian_source &
wait
echo "npm: $(ls "$work/dl/npm" | wc -l)  deb: $(ls "$work/dl/deb" | wc -l)  source: $(ls "$work"/dl/src/*.dsc 2>/dev/null | wc -l)"
