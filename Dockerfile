# syntax=docker/dockerfile:1
# The desk as one image; docker-compose.yml runs it as web, workers, senders and clock. Nothing of a lender is in it.

FROM node:22-trixie-slim AS browser-files
WORKDIR /srv/desk
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-update-notifier --omit=dev

FROM python:3.13-slim-trixie AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/desk
COPY requirements.lock ./
RUN python -m venv /srv/venv && /srv/venv/bin/pip install --quiet --require-hashes -r requirements.lock

FROM packages AS desk-files
COPY . .
COPY --from=browser-files /srv/desk/node_modules ./node_modules
# Static files are collected here, so that the running desk needs to write none. The keys this makes stay in this stage.
RUN DATA_DIR=/tmp/data STATIC_ROOT=/srv/static /srv/venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf node_modules \
    && /srv/venv/bin/python -m compileall -q .

FROM python:3.13-slim-trixie
# A number, so that an orchestrator can see that it is not root.
RUN groupadd --system --gid 10001 desk \
    && useradd --system --uid 10001 --gid desk --no-create-home --home-dir /srv/desk --shell /usr/sbin/nologin desk \
    && install --directory --owner=desk --group=desk --mode=700 /var/lib/refidetect
COPY --from=packages /srv/venv /srv/venv
COPY --from=desk-files /srv/static /srv/static
COPY --from=desk-files /srv/desk /srv/desk
ENV PATH=/srv/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHON_DOTENV_DISABLED=1 \
    DJANGO_SETTINGS_MODULE=refidetect.settings \
    DATA_DIR=/var/lib/refidetect \
    STATIC_ROOT=/srv/static
WORKDIR /srv/desk
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "-c", "python:refidetect.serving", "--bind", "0.0.0.0:8000"]
