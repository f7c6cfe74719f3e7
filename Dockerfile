# The image holds two static programs and nothing else: the manager, and the credentials server of egress gateways. Every image and every source of modules is an argument, so that it
# builds where only an internal mirror can be reached:
#
#   docker build --build-arg GO_IMAGE=mirror/golang:1.26 --build-arg GOPROXY=http://mirror/go --build-arg GOSUMDB=off .
#
# With a vendor folder in the checkout (go mod vendor) it needs no module proxy at all.
ARG GO_IMAGE=golang:1.26
ARG BASE_IMAGE=scratch

FROM ${GO_IMAGE} AS build
ARG GOPROXY
ARG GOSUMDB
ARG GOFLAGS
# Set by builders that build for several platforms; empty: the builder's own.
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=unknown
WORKDIR /src
COPY . .
# Same sources, same toolchain and same VERSION give the same bytes.
RUN CGO_ENABLED=0 GOTOOLCHAIN=local GOOS=${TARGETOS} GOARCH=${TARGETARCH} \
    go build -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X main.version=${VERSION}" -o /out/ ./cmd/manager ./cmd/credentials

FROM ${BASE_IMAGE}
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="kubemate" \
      org.opencontainers.image.description="Canary releases, mesh policies, ingress and egress profiles for Linkerd and Traefik" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /out/ /
USER 65532:65532
ENTRYPOINT ["/manager"]
