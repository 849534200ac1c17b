"""Searches several times in one JVM, which takes a fraction of the time of as many commands.

Reads from standard input a JSON list of objects with manifest, settings (a list of KEY=VALUE) and
exports (folders by mixture); writes a JSON list of objects with scores by mixture, digest,
identity, versions and what workers took so far, or with what the search refused. An object with an
action does that instead: "finetune" finds where each expert comes from, "fidelity" the winner's
folder, "track" writes the report, tells MLflow and finds what it warns of. Run with PySpark's
Python; environment: CI_JAR, the jar for spark-submit, and CI_MASTER where it is not local[2].
"""

import json
import os
import sys

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

SECONDS = ["startSeconds", "digestSeconds", "copySeconds", "scoreSeconds"]


def workers(product):
    """What the workers of this JVM did so far."""
    processes = product.worker.ProcessStatistics.ofThisJvm()
    metrics = product.worker.WorkerMetrics.ofThisJvm()
    figures = {figure: getattr(metrics, figure)() for figure in SECONDS}
    return figures | {"starts": processes.starts(), "deaths": processes.deaths()}


def main():
    spark = (
        SparkSession.builder.master(os.environ.get("CI_MASTER", "local[2]"))
        .config("spark.jars", os.environ["CI_JAR"])
        .config("spark.driver.memory", "1g")
        .config("spark.ui.enabled", False)
        .config("spark.ui.showConsoleProgress", False)
        .getOrCreate()
    )
    product = spark._jvm.org.mergetomix
    found = []
    for search in json.load(sys.stdin):
        settings = spark._jvm.java.util.ArrayList(search["settings"])
        configuration = product.config.Configuration.load(spark._jvm.java.util.ArrayList(), settings)
        action = search.get("action", "search")
        try:
            manifest = spark._jvm.java.io.File(search["manifest"]).toPath()
            inputs = (
                spark._jsparkSession,
                product.manifest.Manifest.read(manifest),
                configuration,
                product.spark.round.Progress.SILENT,
            )
            if action == "finetune":
                outcomes = product.spark.FineTuneAction(*inputs).run().outcomes()
                found.append({each.mixture(): each.origin().name() for each in outcomes})
            elif action == "fidelity":
                found.append({"winner": product.spark.FidelityAction(*inputs).run().winner().text()})
            elif action == "track":
                product.spark.ReportAction(inputs[0], configuration).run()
                warning = product.spark.TrackingAction(inputs[0], configuration).run()
                found.append({"warnings": [warning.get().message()] if warning.isPresent() else []})
            else:
                result = product.spark.SearchAction(*inputs).run()
                record = result.record()
                found.append(
                    {
                        "scores": {row.mixture(): row.score().value() for row in result.top()},
                        "digest": record.rankedDigest(),
                        "identity": dict(record.run().identity()),
                        "versions": dict(record.start().versions()),
                        "workers": workers(product),
                    }
                )
                exporting = product.spark.ExportAction(*inputs[:3])
                for mixture, folder in search.get("exports", {}).items():
                    exporting.run(
                        product.mixture.Mixture.parse(mixture), product.location.Location.of(folder)
                    )
        except Py4JJavaError as failure:
            found.append({"refused": failure.java_exception.getMessage()})
    product.executor.ExecutorRuntime.shutDown()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
