#!/bin/bash
# Run once by the postgres image, on an empty volume. Two roles: `desk_owner` owns every table and is used by migrations and
# restores alone; `desk` is what the programs work as, and owns nothing. What it may do, `manage.py grant` says after each migration.
set -euo pipefail
owner_password=$(</run/secrets/owner_password)
desk_password=$(</run/secrets/desk_password)
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set=owner_password="$owner_password" --set=desk_password="$desk_password" --file=/srv/roles.sql
