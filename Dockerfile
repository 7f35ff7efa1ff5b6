# One file, three images, each with the extra of its part only:
#   docker build --target operator|runner|dashboard --build-arg BASE=<a Python >= 3.11 image> .
# Behind a private CA, pass its bundle as a build secret (--secret id=ca,src=ca.pem); it reaches no layer.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
# A bare Debian base lacks venv; what is added here stays in this stage.
RUN python3 -c "import ensurepip" 2>/dev/null \
    || (apt-get update --quiet=2 && apt-get install --quiet=2 --yes --no-install-recommends python3-venv)
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_COMPILE=1
RUN python3 -m venv --without-pip /opt/venv && python3 -m venv /opt/pip
COPY tools/install_requirements /usr/local/bin/

FROM build AS operator-packages
COPY requirements/operator.txt /tmp/requirements.txt
RUN --mount=type=secret,id=ca,target=/run/ca.pem install_requirements
COPY dagaudit /app/dagaudit
COPY controller /app/controller
RUN /opt/venv/bin/python -m compileall -q /app

FROM build AS runner-packages
COPY requirements/runner.txt /tmp/requirements.txt
RUN --mount=type=secret,id=ca,target=/run/ca.pem install_requirements
COPY dagaudit /app/dagaudit
COPY analyzers /app/analyzers
RUN /opt/venv/bin/python -m compileall -q /app

FROM build AS dashboard-packages
COPY requirements/dashboard.txt /tmp/requirements.txt
RUN --mount=type=secret,id=ca,target=/run/ca.pem install_requirements
COPY dagaudit /app/dagaudit
COPY dashboard /app/dashboard
RUN /opt/venv/bin/python -m compileall -q /app

FROM ${BASE} AS base
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.source="https://github.com/dagaudit/dagaudit" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The root file system may be read-only; /tmp is the only place that is written to.
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp
WORKDIR /app
USER 65532:65532

FROM base AS operator
LABEL org.opencontainers.image.title="dagaudit-operator"
COPY --from=operator-packages /opt/venv /opt/venv
COPY --from=operator-packages /app /app
ENTRYPOINT ["python", "-m", "controller"]

FROM base AS runner
LABEL org.opencontainers.image.title="dagaudit-runner"
# For DAGs from git+https://.
USER 0:0
RUN apt-get update --quiet=2 \
    && apt-get install --quiet=2 --yes --no-install-recommends ca-certificates git \
    && rm -rf /var/lib/apt/lists /var/cache/apt /var/log/apt /var/log/dpkg.log
USER 65532:65532
COPY --from=runner-packages /opt/venv /opt/venv
COPY --from=runner-packages /app /app
ENTRYPOINT ["python", "-m", "analyzers"]

FROM base AS dashboard
LABEL org.opencontainers.image.title="dagaudit-dashboard"
COPY --from=dashboard-packages /opt/venv /opt/venv
COPY --from=dashboard-packages /app /app
EXPOSE 8501
ENTRYPOINT ["python", "-P", "-m", "streamlit", "run", "/app/dashboard/asgi.py", "--server.address=0.0.0.0", "--server.port=8501"]
