#!/bin/sh
# Packs what git tracks, and the front-end files as they are built, into
# .build/tollbook-VERSION.tar.gz. The same commit gives the same bytes.
#   dist.sh VERSION
set -eu
cd "$(dirname "$0")/../.."

name=tollbook-$1
folder=.build/dist/$name
rm -rf .build/dist
mkdir -p "$folder/static/built"
# git knows which files are ours; what runs the tests for us is nobody else's
git ls-files -z -- . ':!.ci' | xargs -0 cp -P --parents -t "$folder"
cp -R .build/static/. "$folder/static/built"
find "$folder" -type d -exec chmod 755 {} +
tar --create --directory .build/dist --sort=name --owner=0 --group=0 --numeric-owner \
    --mtime="@$(git log -1 --format=%ct)" "$name" | gzip -9n >".build/$name.tar.gz"
rm -rf .build/dist
echo ".build/$name.tar.gz"
