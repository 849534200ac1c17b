package org.mergetomix.memory;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.merge.MergeMethod;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.problem.UserException;
import org.mergetomix.search.SearchPlan;
import org.mergetomix.surface.proposal.AllowedSubsets;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;

/** Plans the memory of a search before it starts, from headers and sizes of files alone. */
public final class MemoryCheck {

  private final SparkSession spark;
  private final InputFiles files;
  private final Configuration configuration;

  /** A check with files that are open for it, on the driver's host. */
  public MemoryCheck(SparkSession spark, InputFiles files, Configuration configuration) {
    this.spark = spark;
    this.files = files;
    this.configuration = configuration;
  }

  /** What the inputs take. */
  private record Sizes(
      long checkpoints, long texts, long masks, long model, long prefix, long download) {}

  /**
   * The plan of a search over all datasets. It is empty where a checkpoint cannot be read, which is
   * for {@code InputCheck} to tell, with everything else that is wrong.
   *
   * @throws UserException usage, if method or mixtures cannot be, or with everything that does not
   *     fit into an executor
   */
  public Optional<MemoryPlan> plan(Manifest manifest) {
    MergeMethod method = RunPlan.method(configuration);
    AllowedSubsets allowed = SearchPlan.allowed(manifest.datasetIds(), configuration);
    Optional<Sizes> sizes = readable(manifest, method, allowed);
    if (sizes.isEmpty()) {
      return Optional.empty();
    }
    MemoryPlan plan =
        new MemoryPlan(
            sizes.get().checkpoints(),
            sizes.get().texts(),
            sizes.get().masks(),
            sizes.get().model(),
            sizes.get().prefix(),
            Math.min(
                configuration.merge().buffers(),
                method.mostPrefixes(allowed.minimum(), allowed.maximum())),
            sizes.get().download(),
            configuration.cache().capacity(),
            ExecutorMemory.ask(spark, configuration));
    return Optional.of(plan.fitting());
  }

  private Optional<Sizes> readable(Manifest manifest, MergeMethod method, AllowedSubsets allowed) {
    try {
      return Optional.of(sizes(manifest, method, allowed));
    } catch (UserException unreadable) {
      return Optional.empty();
    }
  }

  private Sizes sizes(Manifest manifest, MergeMethod method, AllowedSubsets allowed) {
    long masks;
    long model;
    long prefix;
    try (Checkpoint base = Checkpoints.open(files.headers(manifest.base().checkpoint()))) {
      model = Float.BYTES * base.tensors().values().stream().mapToLong(TensorSpec::elements).sum();
      masks = method.preparedBytes(base.tensors(), manifest.datasets().size());
      // Subsets have equal weights, all of them.
      prefix = method.prefixBytes(base.tensors(), allowed.smallest());
    }
    Set<Location> checkpoints = new TreeSet<>(Set.of(manifest.base().checkpoint()));
    manifest.datasets().forEach(dataset -> checkpoints.add(dataset.expert()));
    Set<Location> texts = new TreeSet<>();
    for (Manifest.TaskEntry task : manifest.tasks()) {
      texts.add(task.data());
      task.confirm().ifPresent(texts::add);
    }
    Set<Location> remote = new TreeSet<>(checkpoints);
    remote.addAll(texts);
    manifest.base().model().ifPresent(remote::add);
    remote.removeIf(Location::isLocal);
    return new Sizes(
        bytes(checkpoints, model), bytes(texts, 0), masks, model, prefix, bytes(remote, model));
  }

  private long bytes(Set<Location> locations, long absent) {
    return locations.stream()
        .mapToLong(location -> files.exists(location) ? files.bytes(location) : absent)
        .sum();
  }
}
