"""A SendGrid on an address of its own, with its ledger as lines on stdout: `touch client`, written before the answer.

vendor.py ADDRESS PORT SECONDS
"""

import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import loads

ledger = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = loads(self.rfile.read(int(self.headers["Content-Length"])))
        touch = body["personalizations"][0]["custom_args"]["touch_id"]
        with ledger:
            sys.stdout.write(f"{touch} {self.client_address[0]}\n")
            sys.stdout.flush()
        time.sleep(float(sys.argv[3]))
        self.send_response(202)
        self.send_header("X-Message-Id", touch)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """The ledger is all that is said."""


if __name__ == "__main__":
    ThreadingHTTPServer.request_queue_size = 256
    server = ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Handler)
    server.daemon_threads = True
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve_forever()
