package org.mergetomix.manifest;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.data.RowColumns;
import org.mergetomix.evaluation.Holdout;
import org.mergetomix.evaluation.TaskKind;
import org.mergetomix.evaluation.TokenizerSource;
import org.mergetomix.evaluation.harness.HarnessTask;
import org.mergetomix.expert.ExpertKind;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.family.TiedNames;
import org.mergetomix.folder.CheckpointFolder;
import org.mergetomix.location.Location;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Measure;

/**
 * The data that mixtures are made of and judged by. Immutable.
 *
 * @param file where the manifest itself lies
 * @param base the model that everything starts from
 * @param datasets in ascending order of their ids, which are unique; two or more when read
 * @param tasks in the order of the file, on data that is named there
 * @param harness those that lm-eval has, in the order of the file; all tasks together have unique
 *     ids, and are one or more when read
 */
public record Manifest(
    Location file,
    Base base,
    List<DatasetEntry> datasets,
    List<TaskEntry> tasks,
    List<HarnessEntry> harness) {

  /** Sorts the datasets, whatever order they come in. */
  public Manifest {
    datasets = datasets.stream().sorted(Comparator.comparing(DatasetEntry::id)).toList();
    tasks = List.copyOf(tasks);
    harness = List.copyOf(harness);
  }

  /** A manifest without tasks of lm-eval. */
  public Manifest(Location file, Base base, List<DatasetEntry> datasets, List<TaskEntry> tasks) {
    this(file, base, datasets, tasks, List.of());
  }

  /** The same with other datasets. */
  public Manifest with(List<DatasetEntry> others) {
    return new Manifest(file, base, others, tasks, harness);
  }

  /** The same with other tasks, and none of lm-eval. */
  public Manifest judgedBy(List<TaskEntry> others) {
    return new Manifest(file, base, datasets, others);
  }

  /** The ids of the datasets, ascending. */
  public List<String> datasetIds() {
    return datasets.stream().map(DatasetEntry::id).toList();
  }

  /** What is known of the datasets without experts, by dataset and name; empty where nothing is. */
  public SortedMap<String, SortedMap<String, Double>> baselines() {
    SortedMap<String, SortedMap<String, Double>> baselines = new TreeMap<>();
    datasets.stream()
        .filter(dataset -> !dataset.baselines().isEmpty())
        .forEach(dataset -> baselines.put(dataset.id(), dataset.baselines()));
    return baselines;
  }

  /**
   * The model that everything starts from.
   *
   * @param model a graph of the user's own, in TorchScript; empty where the checkpoint's folder
   *     says what the model is
   * @param checkpoint its parameters: a safetensors file, or a folder as Hugging Face writes it
   * @param tokenizer how text becomes tokens: one of {@link TokenizerSource#NAMES}; empty for the
   *     tokenizer beside the checkpoint
   * @param context the longest sequence it reads, in tokens, 2 or more; empty for what the
   *     checkpoint's folder says
   * @param sha256 what the checkpoint must hash to, 64 lower-case hexadecimal digits
   * @param tied pairs of names that stand for one tensor
   */
  public record Base(
      Optional<Location> model,
      Location checkpoint,
      Optional<String> tokenizer,
      OptionalInt context,
      Optional<String> sha256,
      List<TiedNames> tied) {

    public Base {
      tied = List.copyOf(tied);
    }

    /** A base with a graph of its own and without tied tensors. */
    public Base(
        Location model,
        Location checkpoint,
        String tokenizer,
        int context,
        Optional<String> sha256) {
      this(
          Optional.of(model),
          checkpoint,
          Optional.of(tokenizer),
          OptionalInt.of(context),
          sha256,
          List.of());
    }
  }

  /**
   * A candidate source of fine-tuning data.
   *
   * @param id its name, as {@link org.mergetomix.mixture.DatasetId} allows it
   * @param data its rows, in a file, a folder or a glob; only fine-tuning needs it
   * @param columns what the columns of its rows are called
   * @param expert the base fine-tuned on it, a file or a folder; fine-tuning writes it
   * @param sha256 what the expert must hash to, 64 lower-case hexadecimal digits
   * @param policy in which form the expert comes, and how it may differ from the base
   * @param baselines numbers that are known of it without its expert, by their names: the greater,
   *     the sooner it would be chosen; finite. Compared with what a search finds, and nothing else
   */
  public record DatasetEntry(
      String id,
      Optional<Location> data,
      RowColumns columns,
      Location expert,
      Optional<String> sha256,
      ExpertPolicy policy,
      SortedMap<String, Double> baselines) {

    public DatasetEntry {
      baselines = Collections.unmodifiableSortedMap(new TreeMap<>(baselines));
    }

    /** The same of which this is known too; a name that is there already keeps its number. */
    public DatasetEntry knowing(Map<String, Double> more) {
      SortedMap<String, Double> all = new TreeMap<>(more);
      all.putAll(baselines);
      return new DatasetEntry(id, data, columns, expert, sha256, policy, all);
    }

    /** Whether its expert, which is there, is read as a LoRA adapter. */
    public boolean isAdapter(InputFiles files) {
      if (policy.kind() != ExpertKind.AUTO) {
        return policy.kind() == ExpertKind.LORA;
      }
      CheckpointFolder folder = CheckpointFolder.of(files.headers(expert));
      return folder.holdsAdapter() && !folder.holdsModel();
    }

    /** A dataset whose columns are called by what they hold, and of which no more is known. */
    public DatasetEntry(
        String id,
        Optional<Location> data,
        Location expert,
        Optional<String> sha256,
        ExpertPolicy policy) {
      this(id, data, RowColumns.UNSAID, expert, sha256, policy, new TreeMap<>());
    }

    /**
     * A dataset whose expert has the base's names and a form that shows, of a base without ties.
     */
    public DatasetEntry(
        String id, Optional<Location> data, Location expert, Optional<String> sha256) {
      this(id, data, expert, sha256, ExpertPolicy.STRICT);
    }
  }

  /**
   * What models are evaluated on.
   *
   * @param id its name, of the same letters as a dataset's
   * @param kind how it scores
   * @param measure which of the kind's measures ranks
   * @param data the examples that rank the mixtures, in a file, a folder or a glob
   * @param columns what the columns of its rows are called, as far as its kind leaves that open
   * @param confirm the examples that judge the winner, apart from those that chose it
   * @param holdout which of the examples judge the winner in their place, and rank no mixture
   * @param shots what worked examples are taken from; empty for the examples themselves
   * @param weight its share in the score over all tasks, relative to the others; above 0
   * @param scale a gain on it that counts as one beside tasks of other units, in its own unit;
   *     positive and finite; empty for the size of the base's score
   */
  public record TaskEntry(
      String id,
      TaskKind kind,
      Measure measure,
      Location data,
      RowColumns columns,
      Optional<Location> confirm,
      Optional<Holdout> holdout,
      Optional<Location> shots,
      double weight,
      OptionalDouble scale) {

    /** A task of which no examples are held out, and worked examples come from its own data. */
    public TaskEntry(
        String id,
        TaskKind kind,
        Measure measure,
        Location data,
        RowColumns columns,
        Optional<Location> confirm,
        double weight,
        OptionalDouble scale) {
      this(
          id,
          kind,
          measure,
          data,
          columns,
          confirm,
          Optional.empty(),
          Optional.empty(),
          weight,
          scale);
    }

    /** A task that ranks by its kind's first measure, whose gains the base's score measures. */
    public TaskEntry(
        String id, TaskKind kind, Location data, Optional<Location> confirm, double weight) {
      this(
          id,
          kind,
          kind.measures().get(0),
          data,
          RowColumns.UNSAID,
          confirm,
          weight,
          OptionalDouble.empty());
    }

    /** Where the examples lie that judge the winner. */
    public Optional<Location> confirmedBy() {
      return holdout.isPresent() ? Optional.of(data) : confirm;
    }
  }

  /**
   * A task of lm-eval.
   *
   * @param id its name, of the same letters as a dataset's
   * @param task what lm-eval is asked for
   * @param measure the metric and filter that rank, as lm-eval writes them: {@code acc_norm,none}
   * @param examples how many rank the mixtures, at least 1; empty for all that are left
   * @param confirm how many others judge the winner; 0 for none
   * @param seed which these are
   * @param weight as that of a {@link TaskEntry}
   * @param scale as that of a {@link TaskEntry}
   */
  public record HarnessEntry(
      String id,
      HarnessTask task,
      String measure,
      OptionalInt examples,
      int confirm,
      int seed,
      double weight,
      OptionalDouble scale) {}

  /**
   * What merging takes: the base and some of the datasets, and nothing to evaluate.
   *
   * @param ids of datasets; what has another id is left out
   */
  public Manifest toMerge(Collection<String> ids) {
    return new Manifest(
        file,
        base,
        datasets.stream().filter(dataset -> ids.contains(dataset.id())).toList(),
        List.of());
  }

  /**
   * Reads a manifest; relative paths in it start at its own folder. The files it names are not
   * looked at.
   *
   * @param file where it lies
   * @param copy the same file on this machine; its path when it is local
   * @throws UserException input, when the manifest itself is missing or unreadable; usage, with
   *     everything else that is wrong with it
   */
  public static Manifest read(Location file, Path copy) {
    return ManifestReader.read(file, copy);
  }

  /** Reads a manifest of this machine, as {@link #read(Location, Path)}. */
  public static Manifest read(Path file) {
    return read(Location.of(file), file);
  }

  /**
   * Writes a manifest that reads back equal. Paths under the file's folder become relative, so that
   * the folder can be moved. The file appears whole or not at all.
   *
   * @throws UserException input, when it cannot be written
   */
  public static void write(Manifest manifest, Path file) {
    ManifestWriter.write(manifest, file);
  }

  /** The text of a file that reads back equal; what lies below its folder is relative. */
  public String text() {
    return ManifestWriter.text(this, file.parent());
  }

  /**
   * What stands in the way of these purposes: files that are missing, folders, unreadable or empty.
   *
   * @param files looks at them
   * @return a problem for each such file, told once; empty when all is well
   */
  public List<Problem> missingFiles(InputFiles files, Purpose... purposes) {
    return RequiredFiles.missing(this, files, List.of(purposes));
  }
}
