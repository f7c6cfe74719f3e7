#!/usr/bin/env bash
# Builds the container image $IMAGE with whichever builder works: docker, podman or buildah.
# BUILD_ARGS may hold further arguments, for example: --build-arg GO_IMAGE=mirror/golang:1.26
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

builder() {
	if docker info >/dev/null 2>&1; then
		echo "docker build"
	elif podman info >/dev/null 2>&1; then
		echo "podman build"
	elif command -v buildah >/dev/null; then
		echo "buildah build"
	fi
}

build="$(builder)"
if [[ -z "$build" ]]; then
	echo "make image needs a working docker (with its daemon), podman or buildah on this machine; none was found." >&2
	echo "make build gives the static programs without any of them: bin/manager and bin/credentials are all that the image holds." >&2
	exit 1
fi
# The words of $build and $BUILD_ARGS are arguments each.
# shellcheck disable=SC2086
exec $build --tag "$IMAGE" --build-arg VERSION="$VERSION" --build-arg REVISION="$(git rev-parse HEAD)" ${BUILD_ARGS:-} .
