"""A key of a branch and a key of the lender, and clients that speak with them."""

import json

import pytest
from django.test import Client

from accounts.services import keys


@pytest.fixture
def branch_key(ada, denver):
    return keys.create("LOS of Denver", branch_id=denver.pk, expires_at=None, by=ada)[1]


@pytest.fixture
def lender_key(ada):
    return keys.create("LOS", branch_id=None, expires_at=None, by=ada)[1]


@pytest.fixture
def send():
    """`send(key, path, body, **headers)` posts JSON."""

    def post(key, path, body, **headers):
        client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Api-Key {key}"} | headers)
        return client.post(path, body if isinstance(body, str | bytes) else json.dumps(body), content_type="application/json")

    return post
