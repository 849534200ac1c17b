package org.mergetomix.manifest;

import com.typesafe.config.ConfigOrigin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.mergetomix.data.RowColumns;
import org.mergetomix.evaluation.Holdout;
import org.mergetomix.evaluation.TokenizerSource;
import org.mergetomix.family.TiedNames;
import org.mergetomix.hocon.Findings;
import org.mergetomix.hocon.HoconFile;
import org.mergetomix.hocon.Section;
import org.mergetomix.location.InputFile;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest.Base;
import org.mergetomix.manifest.Manifest.DatasetEntry;
import org.mergetomix.manifest.Manifest.HarnessEntry;
import org.mergetomix.manifest.Manifest.TaskEntry;
import org.mergetomix.mixture.DatasetId;
import org.mergetomix.problem.Range;
import org.mergetomix.problem.UserException;

/** Reads one manifest and finds everything that is wrong with its shape. */
final class ManifestReader {

  private static final String BASELINES = "baselines";
  private static final String CONFIRM = "confirm";
  private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

  private final Location folder;
  private final Findings findings;

  private ManifestReader(Location folder, Findings findings) {
    this.folder = folder;
    this.findings = findings;
  }

  static Manifest read(Location file, Path copy) {
    return read(file, copy, ManifestReader::read);
  }

  static UndividedManifest readUndivided(Location file, Path copy) {
    return read(file, copy, ManifestReader::readUndivided);
  }

  /** What the keys below the root say. */
  @FunctionalInterface
  private interface Contents<T> {
    T read(ManifestReader reader, Location file, Section root);
  }

  private static <T> T read(Location file, Path copy, Contents<T> contents) {
    InputFile.complaint(copy)
        .ifPresent(
            reason -> {
              throw UserException.input("The manifest " + reason, file.toString(), "");
            });
    Findings findings = new Findings();
    Section root = Section.root(HoconFile.parse(file.text(), copy, findings), findings);
    refuseIfAny(findings);
    T manifest = contents.read(new ManifestReader(file.parent(), findings), file, root);
    root.refuseUnknownKeys();
    refuseIfAny(findings);
    return manifest;
  }

  private static void refuseIfAny(Findings findings) {
    if (!findings.isEmpty()) {
      throw UserException.usage(findings.problems());
    }
  }

  private Manifest read(Location file, Section root) {
    refuseUndivided(root);
    Base base = base(root.section("base"));
    List<Section> datasets = root.sections("datasets");
    List<Section> tasks = root.sections("tasks");
    List<DatasetEntry> datasetEntries =
        datasets.stream().map(dataset -> dataset(dataset, base.tied())).toList();
    Tasks judging = tasks(root, tasks);
    refuseTooFew(root, datasets.size());
    refuseUnlikeBaselines(datasets, datasetEntries);
    refuseRepeated("Dataset id", "id", datasets, UnaryOperator.identity());
    refuseRepeated("Expert", "expert", datasets, this::place);
    return new Manifest(file, base, datasetEntries, judging.entries(), judging.harness());
  }

  private UndividedManifest readUndivided(Location file, Section root) {
    Base base = base(root.section("base"));
    Section corpus = root.section("corpus");
    List<Section> tasks = root.sections("tasks");
    Tasks judging = tasks(root, tasks);
    return new UndividedManifest(
        file,
        base,
        location(corpus, "data"),
        columns(corpus),
        judging.entries(),
        judging.harness());
  }

  private static void refuseUndivided(Section root) {
    if (root.has("corpus")) {
      root.problem(
          "corpus",
          "The manifest has a corpus in place of datasets",
          "Divide it first with divide, and use the manifest that this writes");
    }
  }

  /**
   * What mixtures are judged on.
   *
   * @param entries on the user's own texts
   * @param harness of lm-eval
   */
  private record Tasks(List<TaskEntry> entries, List<HarnessEntry> harness) {}

  private Tasks tasks(Section root, List<Section> tasks) {
    List<Section> onTexts = tasks.stream().filter(task -> !HarnessSettings.are(task)).toList();
    List<TaskEntry> entries = onTexts.stream().map(this::task).toList();
    List<Section> ofHarness = tasks.stream().filter(HarnessSettings::are).toList();
    List<HarnessEntry> harness = ofHarness.stream().map(this::harness).toList();
    Map<Section, Double> weights = new LinkedHashMap<>();
    for (int i = 0; i < onTexts.size(); i++) {
      weights.put(onTexts.get(i), entries.get(i).weight());
    }
    for (int i = 0; i < ofHarness.size(); i++) {
      weights.put(ofHarness.get(i), harness.get(i).weight());
    }
    if (root.isList("tasks") && tasks.isEmpty()) {
      root.problem("tasks", "There is no task", "Mixtures are ranked by at least one task");
    }
    refuseRepeated("Task id", "id", tasks, UnaryOperator.identity());
    refuseConfirmingByWhatRanks(onTexts, entries);
    refuseVanishing(weights);
    return new Tasks(entries, harness);
  }

  private Base base(Section section) {
    return new Base(
        optionalLocation(section, "model"),
        location(section, "checkpoint"),
        section
            .optionalText("tokenizer")
            .map(given -> section.choice("tokenizer", TokenizerSource.NAMES)),
        section.optionalInteger("context", Range.atLeast(2)),
        sha256(section),
        ExpertPolicyReader.ties(section));
  }

  private DatasetEntry dataset(Section section, List<TiedNames> tied) {
    return new DatasetEntry(
        id(section, "Dataset id", ", because + and : separate datasets in a mixture's id"),
        optionalLocation(section, "data"),
        columns(section),
        location(section, "expert"),
        sha256(section),
        ExpertPolicyReader.read(section, tied),
        section.numbers(BASELINES));
  }

  /** What the manifest says of the columns of rows. */
  static RowColumns columns(Section section) {
    SortedMap<String, String> named = new TreeMap<>();
    for (String key : RowColumns.KEYS) {
      section.optionalText(key).ifPresent(column -> named.put(key, column));
    }
    RowColumns columns = new RowColumns(named);
    if (!columns.agree()) {
      section.problem(
          named.firstKey(),
          "Columns of several kinds of rows are named: " + String.join(", ", named.keySet()),
          "Name text alone, messages alone, or prompt and completion");
    }
    return columns;
  }

  private TaskEntry task(Section section) {
    String id = id(section, "Task id", "");
    TaskSettings settings = TaskSettings.read(section);
    return new TaskEntry(
        id,
        settings.kind(),
        settings.measure(),
        location(section, "data"),
        settings.columns(),
        section.isSection(CONFIRM) ? Optional.empty() : optionalLocation(section, CONFIRM),
        section.isSection(CONFIRM) ? Optional.of(holdout(section)) : Optional.empty(),
        settings.hasShots() ? optionalLocation(section, TaskSettings.SHOTS_DATA) : Optional.empty(),
        weight(section),
        scale(section));
  }

  private static Holdout holdout(Section task) {
    Section section = task.section(CONFIRM);
    return new Holdout(
        section.number("share", Range.between(0, 1)),
        section.has("seed") ? section.longInteger("seed", Range.ANY) : Holdout.SEED);
  }

  private HarnessEntry harness(Section section) {
    return HarnessSettings.read(section, id(section, "Task id", ""), folder);
  }

  static double weight(Section section) {
    return section.number("weight", Range.above(0), 1.0);
  }

  static OptionalDouble scale(Section section) {
    double scale = section.number("scale", Range.above(0), Double.NaN);
    return Double.isNaN(scale) ? OptionalDouble.empty() : OptionalDouble.of(scale);
  }

  private static void refuseTooFew(Section root, int datasets) {
    if (root.isList("datasets") && datasets == 0) {
      root.problem("datasets", "There is no dataset", "A mixture needs at least two datasets");
    }
    if (datasets == 1) {
      root.problem(
          "datasets", "There is only one dataset", "A mixture needs at least two datasets");
    }
  }

  /** A number that some datasets lack chooses none of them. */
  private static void refuseUnlikeBaselines(List<Section> sections, List<DatasetEntry> datasets) {
    for (int i = 1; i < sections.size(); i++) {
      DatasetEntry first = datasets.get(0);
      DatasetEntry other = datasets.get(i);
      if (!other.baselines().keySet().equals(first.baselines().keySet())) {
        sections
            .get(i)
            .problem(
                BASELINES,
                "The baselines of dataset %s have other names than those of %s"
                    .formatted(other.id(), first.id()),
                "Give each dataset the same ones, or none any");
      }
    }
  }

  /** However it is spelled; what names no place has been told by now. */
  private String place(String text) {
    try {
      Location place = folder.resolve(text);
      return place.isLocal() && Files.exists(place.path())
          ? place.path().toRealPath().toString()
          : place.text();
    } catch (IOException unreachable) {
      return text;
    } catch (IllegalArgumentException malformed) {
      return text;
    }
  }

  /** Examples that chose the winner cannot judge it. */
  private static void refuseConfirmingByWhatRanks(List<Section> sections, List<TaskEntry> tasks) {
    Set<Location> ranking = tasks.stream().map(TaskEntry::data).collect(Collectors.toSet());
    for (int i = 0; i < tasks.size(); i++) {
      if (tasks.get(i).confirm().filter(ranking::contains).isPresent()) {
        sections
            .get(i)
            .problem(
                CONFIRM,
                "The confirm data of task "
                    + tasks.get(i).id()
                    + " is data that ranks the mixtures",
                "Name a file of other examples, or leave confirm out");
      }
      refuseHoldingOutWhatRanks(sections.get(i), tasks.get(i), tasks);
      refuseOwnRowsAsOthers(sections.get(i), tasks.get(i));
    }
  }

  /** Other data has other questions: of it, a question itself could be its own example. */
  private static void refuseOwnRowsAsOthers(Section section, TaskEntry task) {
    if (task.shots().filter(task.data()::equals).isPresent()) {
      section.problem(
          TaskSettings.SHOTS_DATA,
          "The worked examples of task %s come from its own data, where each question is"
                  .formatted(task.id())
              + " among them",
          "Leave shots-data out: then it never is");
    }
    if (task.shots()
        .filter(shots -> task.confirm().filter(shots::equals).isPresent())
        .isPresent()) {
      section.problem(
          TaskSettings.SHOTS_DATA,
          "The worked examples of task %s come from its confirm data, where each question is"
                  .formatted(task.id())
              + " among them",
          "Name a file of other examples, or leave shots-data out");
    }
  }

  /** Another task of the same data has to hold out the same. */
  private static void refuseHoldingOutWhatRanks(
      Section section, TaskEntry task, List<TaskEntry> tasks) {
    tasks.stream()
        .filter(other -> task.holdout().isPresent() && other.data().equals(task.data()))
        .filter(other -> !other.holdout().equals(task.holdout()))
        .findFirst()
        .ifPresent(
            other ->
                section.problem(
                    CONFIRM,
                    "What task %s holds out to confirm ranks the mixtures in task %s"
                        .formatted(task.id(), other.id()),
                    "Give both the same confirm"));
  }

  /** Beside a weight so much greater, the score of such a task does not count. */
  private static void refuseVanishing(Map<Section, Double> weights) {
    double greatest = weights.values().stream().mapToDouble(weight -> weight).max().orElse(0);
    weights.forEach(
        (task, weight) -> {
          if (1 + weight / greatest == 1) {
            task.problem(
                "weight",
                "The weight of task %s vanishes beside the greatest, %s"
                    .formatted(task.textIfGiven("id").orElse(""), greatest),
                "Raise it, or leave the task out");
          }
        });
  }

  /** What was missing or wrong has been told by now, and is not compared. */
  private void refuseRepeated(
      String subject, String key, List<Section> entries, UnaryOperator<String> meaning) {
    Map<String, ConfigOrigin> seen = new HashMap<>();
    for (Section entry : entries) {
      Optional<String> value = entry.textIfGiven(key);
      if (value.isEmpty()) {
        continue;
      }
      ConfigOrigin first = seen.putIfAbsent(meaning.apply(value.get()), entry.origin(key));
      if (first != null) {
        findings.add(
            subject + " " + value.get() + " is given twice",
            List.of(first, entry.origin(key)),
            "Each dataset and each task has its own");
      }
    }
  }

  private String id(Section section, String subject, String reason) {
    String id = section.text("id");
    if (!id.isEmpty() && !DatasetId.isValid(id)) {
      section.problem(
          "id",
          subject + " \"" + id + "\" is not allowed",
          "Use letters, digits, dots, underscores and hyphens, beginning with a letter or digit"
              + reason);
    }
    return id;
  }

  private Optional<String> sha256(Section section) {
    Optional<String> digest = section.optionalText("sha256");
    if (digest.isPresent() && !SHA256.matcher(digest.get()).matches()) {
      section.problem("sha256", section.pathOf("sha256") + " must be 64 hexadecimal digits", "");
    }
    return digest.map(text -> text.toLowerCase(Locale.ROOT));
  }

  private Location location(Section section, String key) {
    return resolve(section, key, section.text(key));
  }

  private Optional<Location> optionalLocation(Section section, String key) {
    return section.optionalText(key).map(text -> resolve(section, key, text));
  }

  private Location resolve(Section section, String key, String text) {
    try {
      return folder.resolve(text);
    } catch (IllegalArgumentException malformed) {
      section.problem(key, section.pathOf(key) + " " + malformed.getMessage(), "");
      return folder;
    }
  }
}
