"""An S3 server on the loopback interface, in a process of its own: that of the Java tests."""

import atexit
import json
import re
import secrets
import subprocess
import tempfile
import threading
from pathlib import Path

import boto3
from botocore.config import Config

STARTED = re.compile(r"Started ServerConnector.*\{127\.0\.0\.1:(\d+)\}")

# Newer clients ask for checksums of everything, which not every server knows.
CHECKSUMS = {
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}

LOGGING = """
<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%level %msg%n</pattern></encoder>
  </appender>
  <root level="info"><appender-ref ref="OUT"/></root>
</configuration>
"""


class Server:
    """A server that takes requests, with one key pair."""

    def __init__(self, port, access_key, secret_key):
        self.endpoint = f"http://127.0.0.1:{port}"
        self.access_key = access_key
        self.secret_key = secret_key

    def client(self):
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(s3={"addressing_style": "path"}, **CHECKSUMS),
        )

    def connection(self):
        """The same for Airflow."""
        return json.dumps(
            {
                "conn_type": "aws",
                "login": self.access_key,
                "password": self.secret_key,
                "extra": {
                    "endpoint_url": self.endpoint,
                    "region_name": "us-east-1",
                    "config_kwargs": CHECKSUMS,
                },
            }
        )


def start(class_path):
    """Starts one, which ends with this process."""
    access_key, secret_key = secrets.token_hex(8), secrets.token_hex(16)
    folder = Path(tempfile.mkdtemp(prefix="s3-"))
    (folder / "logback.xml").write_text(LOGGING)
    (folder / "s3proxy.properties").write_text(
        "s3proxy.endpoint=http://127.0.0.1:0\n"
        "s3proxy.authorization=aws-v4\n"
        f"s3proxy.identity={access_key}\n"
        f"s3proxy.credential={secret_key}\n"
        "jclouds.provider=transient\n"
        "jclouds.identity=none\n"
        "jclouds.credential=none\n"
    )
    command = ["java", "-Xmx256m", f"-Dlogback.configurationFile={folder}/logback.xml"]
    command += ["-cp", class_path, "org.gaul.s3proxy.Main"]
    command += ["--properties", str(folder / "s3proxy.properties")]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    atexit.register(process.kill)
    said = []
    for line in process.stdout:
        said.append(line)
        if started := STARTED.search(line):
            # A process whose output nobody reads stops when the pipe is full.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return Server(started.group(1), access_key, secret_key)
    raise RuntimeError("The S3 server did not start: " + "".join(said))
