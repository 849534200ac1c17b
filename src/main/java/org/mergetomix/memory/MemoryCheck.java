package org.mergetomix.memory;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.expert.BaseCheckpoint;
import org.mergetomix.expert.Contents;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.DeltaForm;
import org.mergetomix.expert.TiedCheckpoint;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.merge.MergeDevice;
import org.mergetomix.merge.MergeMethod;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetWeights;
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
    int useful = mostPrefixes(method, allowed);
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
            new Prefixes(sums && useful > 0 ? sizes.get().prefix() : 0, useful, useful),
            sizes.get().download(),
            configuration.cache().capacity(),
            executor);
    MemoryPlan plan =
        configuration.merge().buffers().map(most::keeping).orElseGet(most::keepingWhatHasRoom);
    return Optional.of(plan.fitting());
  }

  /**
   * In proportion to data, a dataset has another weight in every mixture, and none begins as
   * another does; but where norms are measured, each goes on from its own sum.
   */
  private int mostPrefixes(MergeMethod method, AllowedSubsets allowed) {
    if (configuration.search().weights() == SubsetWeights.By.DATASET) {
      return method.mostPrefixes(allowed.minimum(), allowed.maximum());
    }
    return method.scaling().needsNorms() ? 1 : 0;
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
    BaseModel base = BaseModel.toMerge(files, manifest);
    long masks;
    long elements;
    long prefix;
    long trained;
    long deltas = 0;
    try (TiedCheckpoint tied =
        TiedCheckpoint.of(
            BaseCheckpoint.open(files.headers(manifest.base().checkpoint())), base.tied())) {
      Checkpoint weights = tied.stored();
      elements = weights.tensors().values().stream().mapToLong(TensorSpec::elements).sum();
      masks = method.preparedBytes(weights.tensors(), manifest.datasets().size());
      prefix = method.prefixBytes(weights.tensors(), mostDemanding(manifest, allowed));
      trained = trained(weights.tensors().values());
      for (Manifest.DatasetEntry dataset : manifest.datasets()) {
        deltas +=
            files.exists(dataset.expert())
                ? delta(dataset, tied, base, Float.BYTES * elements)
                : trained;
      }
    }
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
    return new Sizes(
        bytes(checkpoints, trained),
        bytes(texts, 0),
        masks,
        base,
        elements,
        remembered(manifest, base),
        deltas,
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
   * Of the mixtures that are merged, one whose sums are largest: some methods need more of them
   * where weights differ, as those of ratios and of a file may.
   */
  private Mixture mostDemanding(Manifest manifest, AllowedSubsets allowed) {
    Configuration.Search search = configuration.search();
    boolean equal =
        search.weights() == SubsetWeights.By.DATASET
            && search.ratios() == Configuration.Search.Ratios.NONE
            && search.mixtures().isEmpty();
    List<String> datasets = manifest.datasetIds().stream().limit(2).toList();
    return equal || datasets.size() < 2
        ? allowed.smallest()
        : Mixture.weighted(Map.of(datasets.get(0), 1.0, datasets.get(1), 2.0));
  }

  /**
   * An expert that is still to be fine-tuned, in float32: all of the model, or factors of every
   * matrix that is named. {@code all-linear} leaves some of those out, so this is a bound.
   */
  private long trained(Collection<TensorSpec> base) {
    Configuration.Training training = configuration.training();
    return Float.BYTES
        * switch (training.method()) {
          case FULL -> base.stream().mapToLong(TensorSpec::elements).sum();
          case LORA ->
              training.lora().rank()
                  * base.stream()
                      .filter(tensor -> tensor.shape().size() == 2)
                      .filter(matrix -> isUpdated(matrix.name(), training.lora().targetModules()))
                      .flatMap(matrix -> matrix.shape().stream())
                      .mapToLong(Long::longValue)
                      .sum();
        };
  }

  private static boolean isUpdated(String matrix, List<String> targets) {
    String module = "." + matrix.replaceFirst("\\.weight$", "");
    return targets.contains(Configuration.Training.Lora.ALL_LINEAR)
        || targets.stream().anyMatch(target -> module.endsWith("." + target));
  }

  /** The delta of an expert that is there, in float32: what an adapter adds, or a whole model. */
  private long delta(
      Manifest.DatasetEntry dataset, TiedCheckpoint weights, BaseModel base, long whole) {
    if (!dataset.isAdapter(files)) {
      return whole;
    }
    try (Delta delta =
        Delta.open(
            weights,
            files.headers(dataset.expert()),
            base.policy(dataset.policy()),
            Contents.HEADERS)) {
      return Float.BYTES
          * delta.tensors().values().stream()
              .mapToLong(tensor -> numbers(delta.form(tensor.name()), tensor))
              .sum();
    }
  }

  private static long numbers(DeltaForm form, TensorSpec tensor) {
    if (form instanceof DeltaForm.Products low) {
      return low.products().stream()
          .mapToLong(product -> product.rank() * (product.rows() + product.columns()))
          .sum();
    }
    return form instanceof DeltaForm.Zero ? 0 : tensor.elements();
  }

  private long bytes(Set<Location> locations, long absent) {
    return locations.stream()
        .mapToLong(location -> files.exists(location) ? files.bytes(location) : absent)
        .sum();
  }
}
