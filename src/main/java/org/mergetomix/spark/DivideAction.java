package org.mergetomix.spark;

import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.manifest.UndividedManifest;
import org.mergetomix.output.Commits;
import org.mergetomix.output.LocalOutput;
import org.mergetomix.output.OutputFiles;
import org.mergetomix.output.OutputProblems;
import org.mergetomix.output.TableWriteException;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.problem.UserException;
import org.mergetomix.report.DivisionPage;
import org.mergetomix.spark.divide.Corpus;
import org.mergetomix.spark.divide.Division;
import org.mergetomix.spark.divide.Targets;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.PartRow;
import org.mergetomix.table.PartsTable;

/**
 * Makes datasets of one corpus: rows that are alike, or that have the same value in a column. The
 * same seed gives the same parts, on whatever cluster.
 */
public final class DivideAction {

  private static final String PART = "part";
  private static final int STEPS = 5;

  private final SparkSession spark;
  private final Configuration configuration;
  private final Progress progress;

  /** Divides what the configuration's manifest names. */
  public DivideAction(SparkSession spark, Configuration configuration, Progress progress) {
    this.spark = spark;
    this.configuration = configuration;
    this.progress = progress;
  }

  /**
   * What was written.
   *
   * @param manifest with the parts as datasets, to go on with
   * @param report the page
   * @param rows how many there are in all parts
   * @param empty how many were left out because there is nothing in them
   * @param parts what is in each, in the order of their ids
   */
  public record Result(
      Location manifest, Location report, long rows, long empty, List<PartRow> parts) {

    public Result {
      parts = List.copyOf(parts);
    }

    /** How many rows are nearly the same as an earlier one. */
    public long nearDuplicates() {
      return parts.stream().mapToLong(PartRow::nearDuplicates).sum();
    }
  }

  /**
   * Divides, and writes {@code parts/}, {@code summary/}, {@code report.html} and {@code
   * manifest.conf}, which comes last: without it the folder is not complete. What a failure leaves
   * is deleted.
   *
   * @param target the folder, which must not exist
   * @throws UserException if something is at the target, or the manifest, the corpus or a task's
   *     data is missing or broken, or the corpus has fewer distinct rows than there are to be
   *     parts; if the base is to be measured, and cannot be
   */
  public Result run(Location target) {
    requireNew(target);
    Commits.requireCommitter(spark, target);
    InputAccess access = InputAccess.of(spark, configuration);
    JavaSparkContext context = Session.context(spark);
    try (InputFiles files = access.open()) {
      Location file = configuration.requireManifest();
      UndividedManifest manifest = UndividedManifest.read(file, files.fetch(file, ""));
      MeasuredBaselines.requireBase(
          spark, manifest.divided(file, List.of()).judgedBy(List.of()), files, configuration);
      named(context);
      return run(manifest, target, access, files);
    } finally {
      context.clearJobGroup();
    }
  }

  private static void named(JavaSparkContext context) {
    context.setJobGroup("divide", "Divide a corpus", false);
  }

  private Result run(
      UndividedManifest manifest, Location target, InputAccess access, InputFiles files) {
    Steps steps = new Steps();
    SparkSession session = Commits.session(spark, target);
    Configuration.Divide settings = configuration.divide();
    Corpus corpus =
        Corpus.open(session, access, files, manifest.corpus(), manifest.columns(), settings.by());
    Dataset<Row> table = corpus.table();
    requireNoPart(table, manifest.corpus());
    try (Targets targets = Targets.read(session, access, files, manifest.tasks());
        Division division = divide(session, corpus, manifest.corpus(), settings, steps)) {
      steps.done();
      List<PartRow> described = division.describe(corpus, targets.means(division, settings));
      steps.done();
      // Another run may have written there meanwhile, and a failure deletes what is there.
      requireNew(target);
      return discardingOnFailure(
          target,
          () -> {
            write(table, division, described.size(), target.child("parts"));
            List<PartRow> parts = measured(manifest, target, described);
            steps.done();
            new PartsTable(session, target.child("summary")).write(parts);
            Location page = target.child("report.html");
            write(
                page,
                DivisionPage.render(
                    manifest.corpus().text(), how(settings), division.empty(), parts));
            Manifest divided = divided(manifest, target, parts);
            write(divided.file(), divided.text());
            steps.done();
            return new Result(divided.file(), page, division.rows(), division.empty(), parts);
          });
    }
  }

  private Division divide(
      SparkSession session,
      Corpus corpus,
      Location data,
      Configuration.Divide settings,
      Steps steps) {
    steps.done();
    return Division.of(session, corpus, data, settings, configuration.seed());
  }

  private void requireNew(Location target) {
    LocalOutput.requireNew(target, spark.sparkContext().hadoopConfiguration());
  }

  private static void requireNoPart(Dataset<Row> table, Location corpus) {
    StructType columns = (StructType) table.schema().apply("row").dataType();
    if (Arrays.stream(columns.fieldNames()).anyMatch(PART::equalsIgnoreCase)) {
      throw UserException.input(
          "The rows have a column part, which is to say the part that each belongs to",
          corpus.text(),
          "Rename it");
    }
  }

  private static void write(Dataset<Row> table, Division division, int parts, Location target) {
    TableWriteException.write(
        table
            .join(division.parts(), "id")
            .repartition(parts, col(PART))
            .sortWithinPartitions(PART, "id")
            .select(col(PART), col("row.*"))
            .write()
            .partitionBy(PART),
        target);
  }

  /** With the base's loss on each, where it is asked for. */
  private List<PartRow> measured(UndividedManifest manifest, Location target, List<PartRow> parts) {
    if (configuration.baselines().rows() == 0) {
      return parts;
    }
    SortedMap<String, Double> losses =
        MeasuredBaselines.losses(spark, divided(manifest, target, parts), configuration);
    named(Session.context(spark));
    return parts.stream().map(part -> part.measured(losses.get(part.part()))).toList();
  }

  private Manifest divided(UndividedManifest manifest, Location target, List<PartRow> parts) {
    return manifest.divided(
        target.child("manifest.conf"),
        parts.stream()
            .map(
                part ->
                    new Manifest.DatasetEntry(
                        part.part(),
                        Optional.of(target.child("parts").child(PART + "=" + part.part())),
                        manifest.columns(),
                        target.child("experts").child(part.part()),
                        Optional.empty(),
                        ExpertPolicy.STRICT,
                        part.baselines()))
            .toList());
  }

  private String how(Configuration.Divide settings) {
    return settings.by().isEmpty()
        ? "by their %s, with seed %s"
            .formatted(
                settings.features() == Configuration.Divide.Features.WORDS ? "words" : "characters",
                configuration.seed())
        : "by the column " + settings.by();
  }

  private void write(Location file, String text) {
    try {
      files().write(file, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException failure) {
      throw OutputProblems.of(file, failure);
    }
  }

  private <T> T discardingOnFailure(Location target, Supplier<T> writing) {
    try {
      return writing.get();
    } catch (RuntimeException failure) {
      try {
        files().delete(target);
      } catch (IOException | RuntimeException left) {
        failure.addSuppressed(left);
      }
      throw failure;
    }
  }

  private OutputFiles files() {
    return new OutputFiles(spark.sparkContext().hadoopConfiguration());
  }

  /** Tells what was done. */
  private final class Steps {

    private final long began = System.nanoTime();
    private int done;

    private Steps() {
      tell();
    }

    private void done() {
      done++;
      tell();
    }

    private void tell() {
      progress.update("divide", done, STEPS, Duration.ofNanos(System.nanoTime() - began));
    }
  }
}
