"""A server that answers SQL about six flowers: /arrow?<sql>, /json?<sql>, /exec?<sql>."""

import io
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import unquote

import duckdb
import pyarrow as pa

connection = duckdb.connect()
table = pa.table(
    {
        "Sepal_Length": [5.1, 4.9, 7.0, 6.4, 6.3, 5.8],
        "Petal_Length": [1.4, 1.4, 4.7, 4.5, 6.0, 5.1],
        "Species": ["setosa", "setosa", "versicolor", "versicolor", "virginica", "virginica"],
    }
)
connection.register("df", table)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind, _, query = self.path[1:].partition("?")
        result = connection.execute(unquote(query))
        sink = io.BytesIO()
        if kind == "arrow":
            found = result.to_arrow_table() if hasattr(result, "to_arrow_table") else result.arrow()
            found = found if isinstance(found, pa.Table) else found.read_all()
            with pa.ipc.new_stream(sink, found.schema) as writer:
                writer.write_table(found)
        elif kind == "json":
            sink.write(result.df().to_json(orient="records").encode())
        self.send_response(200)
        self.end_headers()
        self.wfile.write(sink.getvalue())

    def log_message(self, *_: object) -> None:
        pass


HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
