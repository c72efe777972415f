import os
import subprocess
import sys
from pathlib import Path

COUNTING = """
from chat.metrics import Metrics
metrics = Metrics()
metrics.messages.labels("visitor").inc(3)
metrics.visitor_connections.inc()
metrics.queue_wait.labels("support").observe(7)
print(metrics.expose().decode())
"""


def test_any_worker_tells_the_numbers_of_all(tmp_path: Path) -> None:
    environ = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    told = [
        subprocess.run([sys.executable, "-c", COUNTING], env=environ, check=True, capture_output=True, text=True).stdout
        for _ in range(2)
    ]
    assert 'mayfly_messages_total{author="visitor"} 3.0' in told[0]
    assert 'mayfly_messages_total{author="visitor"} 6.0' in told[1]
    assert 'mayfly_queue_wait_seconds_bucket{le="10.0",team="support"} 2.0' in told[1]
