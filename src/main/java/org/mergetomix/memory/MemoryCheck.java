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
import org.mergetomix.mixture.SubsetSpace;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.problem.UserException;
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
    SubsetSpace space = RunPlan.space(manifest, configuration);
    Optional<Sizes> sizes = readable(manifest, method, space);
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
            Math.min(configuration.merge().buffers(), method.mostPrefixes(space)),
            sizes.get().download(),
            configuration.cache().capacity(),
            ExecutorMemory.ask(spark, configuration));
    return Optional.of(plan.fitting());
  }

  private Optional<Sizes> readable(Manifest manifest, MergeMethod method, SubsetSpace space) {
    try {
      return Optional.of(sizes(manifest, method, space));
    } catch (UserException unreadable) {
      return Optional.empty();
    }
  }

  private Sizes sizes(Manifest manifest, MergeMethod method, SubsetSpace space) {
    long masks;
    long model;
    long prefix;
    try (Checkpoint base = Checkpoints.open(files.headers(manifest.base().checkpoint()))) {
      model = Float.BYTES * base.tensors().values().stream().mapToLong(TensorSpec::elements).sum();
      masks = method.preparedBytes(base.tensors(), manifest.datasets().size());
      // Subsets have equal weights, all of them.
      prefix = method.prefixBytes(base.tensors(), space.at(0));
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
