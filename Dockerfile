# The program alone: no shell, no package manager, no root.
FROM golang:1.26-alpine AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=unknown
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X github.com/prometheus/common/version.Version=${VERSION}" \
        -o /out/headstart ./cmd/headstart && mkdir -p /out/data

FROM scratch
# Time zones are in the program; the authorities of TLS are this file.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/headstart /usr/bin/headstart
COPY --from=build --chown=65532:65532 /out/data /var/lib/headstart
USER 65532:65532
WORKDIR /var/lib/headstart
VOLUME /var/lib/headstart
EXPOSE 8480
HEALTHCHECK --interval=10s --timeout=6s --start-period=10s CMD ["/usr/bin/headstart", "ready"]
ENTRYPOINT ["/usr/bin/headstart"]
CMD ["serve"]
