"""The web processes: Frappe under gunicorn (wsgi.py), and before it the door with realtime (door.mjs)."""
