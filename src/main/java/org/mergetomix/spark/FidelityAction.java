package org.mergetomix.spark;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.executor.ModelScores;
import org.mergetomix.executor.TrainingJob;
import org.mergetomix.executor.TrainingOutcome;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.manifest.Purpose;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.output.OutputLease;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.rank.ComparableMixtures;
import org.mergetomix.rank.Confirmations;
import org.mergetomix.rank.Fidelities;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.statistics.Fidelity;
import org.mergetomix.statistics.FidelitySelection;
import org.mergetomix.table.FidelityRow;
import org.mergetomix.table.RankedTable;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;

/**
 * Really fine-tunes the winner and some other mixtures of a finished search, compares their scores
 * with those of their surrogates, and judges the winner on examples that took no part in choosing
 * it.
 */
public final class FidelityAction {

  private final SparkSession spark;
  private final Manifest manifest;
  private final Configuration configuration;
  private final Progress progress;
  private final RunDirectory directory;

  /** The fidelity of the run in the configured output directory. */
  public FidelityAction(
      SparkSession spark, Manifest manifest, Configuration configuration, Progress progress) {
    this.spark = spark;
    this.manifest = manifest;
    this.configuration = configuration;
    this.progress = progress;
    this.directory =
        new RunDirectory(configuration.requireOutput(), spark.sparkContext().hadoopConfiguration());
  }

  /**
   * What was found.
   *
   * @param record the run record as it was written
   * @param fidelity the figures; empty when too few mixtures were fine-tuned
   * @param winner the checkpoint of the winner, really fine-tuned
   */
  public record Result(RunRecord record, Optional<Fidelity> fidelity, Location winner) {}

  /**
   * Trains and compares.
   *
   * @throws UserException if there is no finished search in the output directory, another driver
   *     works on it, or an input is missing or broken
   */
  public Result run() {
    long started = System.nanoTime();
    try (InputFiles files = InputAccess.of(spark, configuration).open()) {
      FineTuneAction.requireData(manifest, files);
      List<Problem> missing = manifest.missingFiles(files, Purpose.SEARCHING, Purpose.CONFIRMING);
      if (!missing.isEmpty()) {
        throw UserException.input(missing);
      }
    }
    RunPlan plan = RunPlan.of(spark, manifest, configuration);
    directory.requireCommitter(spark);
    requireFinished(plan);
    return LeasedOutput.during(
        spark,
        directory,
        configuration.leaseSeconds(),
        // Until now another driver may have searched there.
        lease -> compare(plan, requireFinished(plan), started, lease));
  }

  private RunRecord requireFinished(RunPlan plan) {
    RunRecord record = directory.require();
    directory.claim(plan.runId(), plan.identity());
    if (record.state() == RunRecord.State.SEARCHING) {
      throw UserException.input(
          "The search in the output directory is not finished",
          directory.location().toString(),
          "Run search again: it goes on where it stopped");
    }
    if (record.counts().evaluated() == 0) {
      throw UserException.input(
          "Every mixture of the search failed, so there is no winner",
          directory.location().toString(),
          "Look up the errors in its ranked table, and search again");
    }
    return record;
  }

  private Result compare(RunPlan plan, RunRecord record, long started, OutputLease lease) {
    RankedTable ranked = directory.ranked(spark);
    Mixture winner = Mixture.parse(ranked.at(1).mixture());
    Map<Mixture, String> roles = roles(plan, ranked, winner);
    List<TrainingOutcome> trained = train(roles.keySet());
    SortedMap<String, ModelScores> scores = score(plan, trained);

    List<FidelityRow> rows = rows(plan, ranked, roles, trained, scores);
    lease.require();
    directory.fidelity(spark).write(rows);
    Optional<Fidelity> fidelity = Fidelities.of(rows, configuration, record.direction());
    RunRecord done =
        record.confirmed(
            configuration.asMap(),
            new RunRecord.Counts(
                record.counts().space(),
                record.counts().evaluated(),
                record.counts().failed(),
                trained.size()),
            new RunRecord.Seconds(
                record.seconds().merge(),
                record.seconds().evaluate(),
                record.seconds().training()
                    + trained.stream().mapToDouble(TrainingOutcome::seconds).sum(),
                record.seconds().wall() + (System.nanoTime() - started) / 1e9),
            Fidelities.figures(fidelity),
            new Confirmations(plan, winner, scores).list(spread(roles)),
            Instant.now().toString());
    lease.require();
    directory.write(done);
    Location model =
        trained.stream()
            .filter(outcome -> outcome.mixture().equals(winner.id()))
            .map(TrainingOutcome::model)
            .findFirst()
            .orElseGet(() -> plan.experts().get(winner.id()).input().location());
    return new Result(done, fidelity, model);
  }

  /** The mixtures to fine-tune, and why; the winner and all datasets are among them. */
  private Map<Mixture, String> roles(RunPlan plan, RankedTable ranked, Mixture winner) {
    Map<Mixture, String> roles = new LinkedHashMap<>();
    try (ComparableMixtures comparable = new ComparableMixtures(spark, ranked)) {
      FidelitySelection.choose(
              comparable,
              plan.experts().keySet(),
              configuration.fidelity().mixtures(),
              configuration.seed())
          .forEach(selected -> roles.put(selected.mixture(), selected.role()));
      if (winner.size() > 1) {
        roles.putIfAbsent(winner, "best");
      }
      Mixture all = Mixture.subset(plan.experts().keySet());
      if (comparable.contains(all)) {
        roles.putIfAbsent(all, "all");
      }
    }
    return roles;
  }

  private static List<String> spread(Map<Mixture, String> roles) {
    return roles.entrySet().stream()
        .filter(role -> role.getValue().equals("spread"))
        .map(role -> role.getKey().id())
        .toList();
  }

  private List<TrainingOutcome> train(Collection<Mixture> mixtures) {
    TrainingPlan training = TrainingPlan.of(spark, manifest, configuration);
    List<TrainingJob> jobs =
        mixtures.stream()
            .map(mixture -> training.job(mixture, TrainingPlan.file(directory.models(), mixture)))
            .toList();
    return new TrainingJobs(spark, progress).run("fidelity", jobs);
  }

  private SortedMap<String, ModelScores> score(RunPlan plan, List<TrainingOutcome> trained) {
    List<ScoreModels.Subject> subjects = new ArrayList<>();
    subjects.add(new ScoreModels.CheckpointSubject("", plan.base().location()));
    plan.experts().keySet().forEach(id -> subjects.add(new ScoreModels.ExpertSubject(id)));
    trained.forEach(
        model -> subjects.add(new ScoreModels.CheckpointSubject(model.mixture(), model.model())));
    JavaSparkContext context = Session.context(spark);
    Broadcast<RunPlan> broadcast = context.broadcast(plan);
    try {
      return ScoreModels.run(context, broadcast, subjects);
    } finally {
      broadcast.destroy();
    }
  }

  private static List<FidelityRow> rows(
      RunPlan plan,
      RankedTable ranked,
      Map<Mixture, String> roles,
      List<TrainingOutcome> trained,
      SortedMap<String, ModelScores> scores) {
    List<FidelityRow> rows = new ArrayList<>();
    Estimate base = plan.overallOf(scores.get("").search());
    rows.add(
        new FidelityRow("", "base", base, base, confirm(plan, scores, ""), 0, plan.base().path()));
    plan.experts()
        .forEach(
            (id, expert) -> {
              Estimate score = plan.overallOf(scores.get(id).search());
              rows.add(
                  new FidelityRow(
                      id, "single", score, score, confirm(plan, scores, id), 0, expert.path()));
            });
    Map<String, TrainingOutcome> models = new TreeMap<>();
    trained.forEach(model -> models.put(model.mixture(), model));
    roles.forEach(
        (mixture, role) -> {
          TrainingOutcome model = models.get(mixture.id());
          rows.add(
              new FidelityRow(
                  mixture.id(),
                  role,
                  ranked.find(mixture.id()).orElseThrow().score(),
                  plan.overallOf(scores.get(mixture.id()).search()),
                  confirm(plan, scores, mixture.id()),
                  model.seconds(),
                  model.model().text()));
        });
    return rows;
  }

  private static Estimate confirm(
      RunPlan plan, SortedMap<String, ModelScores> scores, String mixture) {
    SortedMap<String, ExampleScores> confirm = scores.get(mixture).confirm();
    return confirm.isEmpty() ? new Estimate(Double.NaN, Double.NaN) : plan.overallOf(confirm);
  }
}
