"""``shiny run`` with a websocket ping every half second: ``python serve.py --port <port> --host <host> <app>``.

The server gives up after ``--ping-timeout`` seconds without an answer.
"""

from __future__ import annotations

import argparse

from shiny import run_app

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int)
parser.add_argument("--host")
parser.add_argument("--ping-timeout", type=float, required=True)
parser.add_argument("app")
args = parser.parse_args()
run_app(args.app, host=args.host, port=args.port, ws_ping_interval=0.5, ws_ping_timeout=args.ping_timeout)
