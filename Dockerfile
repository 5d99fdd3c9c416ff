# The programme, with PostgreSQL's client programs for backup and restore, which must not be older than the server, and with
# the programs that read and write Word files and print PDF.
FROM node:22.20.0-bookworm-slim AS pages
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund --loglevel=error
COPY web ./web
COPY internal/breached ./internal/breached
RUN npm run --silent build

FROM golang:1.26.8-bookworm AS programme
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=pages /src/web/static/dist ./web/static/dist
COPY --from=pages /src/internal/breached/dist ./internal/breached/dist
RUN go run ./scripts/catalogs && CGO_ENABLED=0 go build -trimpath -o /tribuna ./cmd/tribuna

FROM debian:12.12-slim
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates postgresql-client-15 \
        pandoc chromium fonts-liberation fonts-noto-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --no-create-home tribuna \
    && install --directory --owner=tribuna --mode=0700 /backups
COPY --from=programme /tribuna /usr/local/bin/tribuna
# Named, so that an image without them does not start.
ENV TRIBUNA_PANDOC=/usr/bin/pandoc TRIBUNA_CHROMIUM=/usr/bin/chromium
USER tribuna
WORKDIR /
ENTRYPOINT ["tribuna"]
