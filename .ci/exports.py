"""Exports many mixtures in one JVM, which takes a fraction of the time of as many commands.

Reads from standard input a JSON list of objects with manifest, mixture, target and settings (a list
of KEY=VALUE); writes a JSON list of why there is no YAML for mergekit. Run with PySpark's Python;
environment: CI_JAR, the jar for spark-submit.
"""

import json
import os
import sys

from pyspark.sql import SparkSession


def main():
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.jars", os.environ["CI_JAR"])
        .config("spark.driver.memory", "1g")
        .config("spark.ui.enabled", False)
        .config("spark.ui.showConsoleProgress", False)
        .getOrCreate()
    )
    java = spark._jvm
    product = java.org.mergetomix
    obstacles = []
    for export in json.load(sys.stdin):
        settings = java.java.util.ArrayList(export["settings"])
        configuration = product.config.Configuration.load(java.java.util.ArrayList(), settings)
        manifest = product.manifest.Manifest.read(java.java.io.File(export["manifest"]).toPath())
        action = product.spark.ExportAction(spark._jsparkSession, manifest, configuration)
        result = action.run(
            product.mixture.Mixture.parse(export["mixture"]),
            product.location.Location.of(export["target"]),
        )
        obstacles.append(list(result.withoutMergekit()))
    json.dump(obstacles, sys.stdout)


if __name__ == "__main__":
    main()
