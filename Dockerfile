# The images: core (gate and triage), ledger, and the judge with each of its engines. See docs/images.md.
# The base by tag; `make pin-bases` adds its digest.
ARG PYTHON=python:3.13-slim-trixie

# ---- What builds, and stays behind: uv, and the virtual environments before they are copied ----
FROM ${PYTHON} AS build
# Where packages come from, if not from the default index: pip's own variables. A certificate is mounted, not copied.
ARG PIP_INDEX_URL=
ARG PIP_EXTRA_INDEX_URL=
ARG PIP_TRUSTED_HOST=
ARG PIP_CERT=
ENV PIP_INDEX_URL=${PIP_INDEX_URL} \
    PIP_EXTRA_INDEX_URL=${PIP_EXTRA_INDEX_URL} \
    PIP_TRUSTED_HOST=${PIP_TRUSTED_HOST} \
    PIP_CERT=${PIP_CERT} \
    PIP_NO_CACHE_DIR=1 \
    UV_NO_CACHE=1 \
    UV_NO_BUILD=1 \
    PYC_INVALIDATION_MODE=UNCHECKED_HASH
WORKDIR /build
COPY scripts/environment scripts/pip-setting scripts/
COPY requirements/uv.txt requirements/
RUN --mount=type=secret,id=ca scripts/environment .venv uv && python3 -m venv --without-pip /opt/sluice/venv

# ---- Sluice itself, apart from its packages ----
# A release changes this small layer and leaves the model's gigabytes alone.
FROM build AS app
COPY pyproject.toml README.md LICENSE ./
COPY stream stream
RUN UV_NO_BUILD=0 .venv/bin/uv pip install --quiet --no-deps --offline --compile-bytecode \
    --python /opt/sluice/venv/bin/python --target /opt/sluice/app . \
    && rm /opt/sluice/app/.lock

# ---- What every image is ----
FROM ${PYTHON} AS base
LABEL org.opencontainers.image.title="Sluice" \
      org.opencontainers.image.description="Holds every post at once, decides in the background, releases or removes it through Kafka" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 sluice \
    && useradd --uid 10001 --gid 10001 --create-home --no-log-init --shell /usr/sbin/nologin sluice
ENV PATH=/opt/sluice/app/bin:/opt/sluice/venv/bin:${PATH} \
    PYTHONPATH=/opt/sluice/app \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/home/sluice \
    SLUICE_METRICS__HOST=0.0.0.0 \
    SLUICE_METRICS__PORT=9464
# Settings and policies are looked for where a process stands: sluice.toml and policies/.
WORKDIR /opt/sluice
USER 10001:10001
EXPOSE 9464
HEALTHCHECK --interval=30s --timeout=10s --start-period=15m CMD ["sluice", "health"]
ENTRYPOINT ["sluice"]

# ---- Gate and triage: nothing of CUDA, no model ----
FROM build AS core-packages
COPY requirements/image-core.txt requirements/
RUN --mount=type=secret,id=ca scripts/environment /opt/sluice/venv image-core

FROM base AS core
COPY --from=core-packages /opt/sluice/venv venv
COPY --from=app /opt/sluice/app app
COPY policies policies

# ---- The ledger ----
FROM build AS ledger-packages
COPY requirements/image-ledger.txt requirements/
RUN --mount=type=secret,id=ca scripts/environment /opt/sluice/venv image-ledger

FROM base AS ledger
COPY --from=ledger-packages /opt/sluice/venv venv
COPY --from=app /opt/sluice/app app
COPY policies policies
ENV SLUICE_LEDGER__HOST=0.0.0.0
EXPOSE 6066
CMD ["run", "ledger"]

# ---- The judge without a model, for trying an installation out ----
FROM build AS judge-exemplar-packages
COPY requirements/image-judge-exemplar.txt requirements/
RUN --mount=type=secret,id=ca scripts/environment /opt/sluice/venv image-judge-exemplar

FROM base AS judge-exemplar
COPY --from=judge-exemplar-packages /opt/sluice/venv venv
COPY --from=app /opt/sluice/app app
COPY policies policies
CMD ["run", "judge"]

# ---- The judge without a GPU ----
FROM build AS judge-cpu-packages
COPY requirements/image-judge-cpu.txt requirements/
RUN --mount=type=secret,id=ca scripts/environment /opt/sluice/venv image-judge-cpu

FROM base AS judge-cpu
USER 0
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libnuma1 \
    && rm -rf /var/lib/apt/lists/*
USER 10001:10001
# vLLM would compile what this image has no compiler for.
ENV SLUICE_JUDGE__ENGINE=vllm SLUICE_JUDGE__VLLM__ENFORCE_EAGER=true
COPY --from=judge-cpu-packages /opt/sluice/venv venv
COPY --from=app /opt/sluice/app app
COPY policies policies
CMD ["run", "judge"]

# ---- The judge on NVIDIA GPUs ----
FROM build AS judge-gpu-packages
COPY requirements/image-judge-gpu.txt requirements/
RUN --mount=type=secret,id=ca scripts/environment /opt/sluice/venv image-judge-gpu

FROM base AS judge-gpu
USER 0
# Triton compiles the launchers of its kernels where they run: the one image that needs a C compiler.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
USER 10001:10001
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility SLUICE_JUDGE__ENGINE=vllm
COPY --from=judge-gpu-packages /opt/sluice/venv venv
COPY --from=app /opt/sluice/app app
COPY policies policies
CMD ["run", "judge"]

# Without --target.
FROM core
