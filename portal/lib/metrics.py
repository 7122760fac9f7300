"""Numbers for Prometheus, read when asked: each web process would count only its own requests.

An app adds one with `measure(name, help, labels)(function)`, where the function returns the
values by their labels.
"""

from collections.abc import Callable, Iterable, Mapping

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

REGISTRY = CollectorRegistry()
Reading = Callable[[], Mapping[tuple[str, ...], float]]

logger = structlog.get_logger(__name__)


class Measure(Collector):
    def __init__(self, name: str, documentation: str, labels: tuple[str, ...], read: Reading):
        self.name = name
        self.documentation = documentation
        self.labels = labels
        self.read = read

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return [self._family()]

    def collect(self) -> Iterable[GaugeMetricFamily]:
        family = self._family()
        try:
            readings = self.read()
        except Exception as error:  # noqa: BLE001 - one engine down must not hide other numbers
            logger.warning(
                "a measure could not be read", measure=self.name, error=type(error).__name__
            )
            return
        for labels, value in readings.items():
            family.add_metric(labels, value)
        yield family

    def _family(self) -> GaugeMetricFamily:
        return GaugeMetricFamily(self.name, self.documentation, labels=self.labels)


def measure(
    name: str, documentation: str, labels: tuple[str, ...] = ()
) -> Callable[[Reading], Reading]:
    """Publish what the decorated function returns under /metrics."""

    def publish(read: Reading) -> Reading:
        REGISTRY.register(Measure(name, documentation, labels, read))
        return read

    return publish
