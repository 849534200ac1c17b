package org.mergetomix.spark;

import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.problem.UserException;

/** Reads the manifest, wherever it lies. */
public final class ManifestAction {

  private final SparkSession spark;
  private final Configuration configuration;

  /** Reads what the configuration names. */
  public ManifestAction(SparkSession spark, Configuration configuration) {
    this.spark = spark;
    this.configuration = configuration;
  }

  /**
   * The manifest; the files it names are not looked at.
   *
   * @throws UserException if it is missing, or with everything that is wrong with it
   */
  public Manifest run() {
    Location location = configuration.requireManifest();
    try (InputFiles files = InputAccess.of(spark, configuration).open()) {
      return Manifest.read(location, files.fetch(location, ""));
    }
  }
}
