"""The fixtures that many tests share; the engine below them is in the conftest.py beside manage.py."""
