package org.mergetomix.memory;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.expert.BaseCheckpoint;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.merge.MergeDevice;
import org.mergetomix.merge.MergeMethod;
import org.mergetomix.model.Precision;
import org.mergetomix.plan.BaseModel;
import org.mergetomix.plan.FactorsCheck;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.plan.TaskShare;
import org.mergetomix.problem.UserException;
import org.mergetomix.search.SearchPlan;
import org.mergetomix.surface.Axes;
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
      long checkpoints,
      long texts,
      long masks,
      BaseModel base,
      long elements,
      long remembered,
      long deltas,
      long prefix,
      long download) {

    /** What merging on a GPU keeps there. */
    long merging(Configuration configuration, int useful) {
      int kept = Math.min(configuration.merge().buffers().orElse(0), useful);
      return Float.BYTES * elements + deltas + kept * prefix;
    }
  }

  /**
   * The plan of a search over all datasets. It is empty where a checkpoint cannot be read, which is
   * for {@code InputCheck} to tell, with everything else that is wrong.
   *
   * @throws UserException usage, if method or mixtures cannot be, or with everything that does not
   *     fit into an executor
   */
  public Optional<MemoryPlan> plan(Manifest manifest) {
    return plan(manifest, ExecutorMemory.ask(spark, configuration));
  }

  /** The same for an executor that has this. */
  public Optional<MemoryPlan> plan(Manifest manifest, ExecutorMemory executor) {
    FactorsCheck.require(manifest, configuration, files);
    MergeMethod method = RunPlan.method(configuration);
    AllowedSubsets allowed = SearchPlan.allowed(Axes.of(manifest.datasetIds()), configuration);
    Optional<Sizes> sizes = readable(manifest, method, allowed);
    if (sizes.isEmpty()) {
      return Optional.empty();
    }
    TaskShare task = TaskShare.of(spark, configuration);
    Precision precision =
        sizes.get().base().precision(configuration.evaluation().precision(), task);
    MergeDevice device = RunPlan.mergeDevice(configuration, task);
    long factors = FactorsCheck.asked(configuration) ? sizes.get().deltas() : 0;
    boolean sums = device == MergeDevice.CPU && !FactorsCheck.asked(configuration);
    int useful = method.mostPrefixes(allowed.minimum(), allowed.maximum());
    MemoryPlan most =
        new MemoryPlan(
            sizes.get().checkpoints(),
            sizes.get().texts(),
            sizes.get().masks(),
            precision.dtype().bytes() * sizes.get().elements(),
            precision.dtype().bytes() * sizes.get().remembered(),
            precision,
            shared(sizes.get().base(), factors),
            switch (device) {
              case CPU -> executor.modelsOfAGpu() > 0 ? factors : 0;
              case GPU -> sizes.get().merging(configuration, useful);
            },
            new Prefixes(sums ? sizes.get().prefix() : 0, useful, useful),
            sizes.get().download(),
            configuration.cache().capacity(),
            executor);
    MemoryPlan plan =
        configuration.merge().buffers().map(most::keeping).orElseGet(most::keepingWhatHasRoom);
    return Optional.of(plan.fitting());
  }

  private Optional<SharedMemory> shared(BaseModel base, long factors) {
    return switch (configuration.evaluation().engine()) {
      case DJL -> Optional.empty();
      case WORKER ->
          Optional.of(
              SharedMemory.ask(spark, configuration.worker().sharedMemory(), base, factors));
    };
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
    long elements;
    long prefix;
    try (Checkpoint weights = BaseCheckpoint.open(files.headers(manifest.base().checkpoint()))) {
      elements = weights.tensors().values().stream().mapToLong(TensorSpec::elements).sum();
      masks = method.preparedBytes(weights.tensors(), manifest.datasets().size());
      // Subsets have equal weights, all of them.
      prefix = method.prefixBytes(weights.tensors(), allowed.smallest());
    }
    // An expert that is still to be fine-tuned will be in float32.
    long trained = Float.BYTES * elements;
    Set<Location> checkpoints = new TreeSet<>(Set.of(manifest.base().checkpoint()));
    manifest.datasets().forEach(dataset -> checkpoints.add(dataset.expert()));
    Set<Location> texts = new TreeSet<>();
    for (Manifest.TaskEntry task : manifest.tasks()) {
      texts.addAll(files.dataFiles(task.data()));
      task.confirm().ifPresent(confirm -> texts.addAll(files.dataFiles(confirm)));
      task.shots().ifPresent(worked -> texts.addAll(files.dataFiles(worked)));
    }
    Set<Location> remote = new TreeSet<>(checkpoints);
    remote.addAll(texts);
    manifest.base().model().ifPresent(remote::add);
    remote.removeIf(Location::isLocal);
    BaseModel base = BaseModel.toMerge(files, manifest);
    return new Sizes(
        bytes(checkpoints, trained),
        bytes(texts, 0),
        masks,
        base,
        elements,
        remembered(manifest, base),
        manifest.datasets().stream().mapToLong(expert -> delta(expert.expert(), trained)).sum(),
        prefix,
        bytes(remote, trained));
  }

  /** Of a batch, elements; tasks follow each other, so the most is what one of them needs. */
  private long remembered(Manifest manifest, BaseModel base) {
    boolean writes = manifest.tasks().stream().anyMatch(task -> task.kind().written().isPresent());
    return base.family()
        .filter(family -> writes)
        .map(family -> family.remembered() * base.reading().context())
        .map(text -> text * configuration.evaluation().batchSize())
        .orElse(0L);
  }

  /**
   * A delta in float32: an adapter's factors, should they be stored in half of that, or a model.
   */
  private long delta(Location expert, long whole) {
    boolean adapter = files.exists(expert) && FactorsCheck.isAdapter(expert, files);
    return adapter ? Math.min(whole, 2 * files.bytes(expert)) : whole;
  }

  private long bytes(Set<Location> locations, long absent) {
    return locations.stream()
        .mapToLong(location -> files.exists(location) ? files.bytes(location) : absent)
        .sum();
  }
}
