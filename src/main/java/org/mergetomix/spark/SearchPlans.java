package org.mergetomix.spark;

import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.search.MixtureFile;
import org.mergetomix.search.SearchPlan;
import org.mergetomix.surface.Axes;

/** Plans a search, with the file of its mixtures where one is named, wherever that lies. */
final class SearchPlans {

  private SearchPlans() {}

  /** The plan; everything that does not fit together is told. */
  static SearchPlan of(SparkSession spark, Manifest manifest, Configuration configuration) {
    return of(
        spark,
        Axes.of(manifest.datasetIds(), DatasetAmounts.weights(spark, manifest, configuration)),
        configuration);
  }

  /** The same for these datasets. */
  static SearchPlan of(SparkSession spark, Axes axes, Configuration configuration) {
    Optional<Location> location = configuration.mixtures();
    if (location.isEmpty()) {
      return SearchPlan.of(axes, configuration, Optional.empty());
    }
    try (InputFiles files = InputAccess.of(spark, configuration).open()) {
      MixtureFile file = MixtureFile.read(location.get(), files.fetch(location.get(), ""));
      return SearchPlan.of(axes, configuration, Optional.of(file));
    }
  }
}
