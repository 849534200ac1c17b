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
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.config.Configuration.Fidelity.Choice;
import org.mergetomix.executor.ModelScores;
import org.mergetomix.executor.TrainingJob;
import org.mergetomix.executor.TrainingOutcome;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.manifest.Purpose;
import org.mergetomix.memory.MemoryCheck;
import org.mergetomix.memory.MemoryPlan;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.rank.ComparableMixtures;
import org.mergetomix.rank.Confirmations;
import org.mergetomix.rank.PlannedTrainings;
import org.mergetomix.rank.RankedScores;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.Objective;
import org.mergetomix.spark.round.Progress;
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
   * @param results what the real scores say
   * @param winner the checkpoint of the winner, really fine-tuned
   * @param warnings which experts were left out, and why
   */
  public record Result(
      RunRecord record, FidelityResults results, Location winner, List<Problem> warnings) {

    public Result {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Trains and compares.
   *
   * <p>An expert whose score is not a number is left out, and said to be.
   *
   * @throws UserException if there is no finished search in the output directory, or an input is
   *     missing or broken
   */
  public Result run() {
    long started = System.nanoTime();
    ReportAction.requireKnown(configuration, manifest.datasetIds());
    try (InputFiles files = InputAccess.of(spark, configuration).open()) {
      FineTuneAction.requireData(manifest, files);
      UserException.inputIfAny(manifest.missingFiles(files, Purpose.SEARCHING, Purpose.CONFIRMING));
      requireRoom(files);
      requireTrainable(files);
    }
    RunPlan plan = RunPlan.of(spark, manifest, configuration);
    directory.requireCommitter(spark);
    RunRecord record = requireFinished(plan);
    try {
      return directory.announced(spark, () -> compare(plan, record, started));
    } finally {
      Session.context(spark).clearJobGroup();
    }
  }

  /** Experts that are there need not be as training would write them now. */
  private void requireTrainable(InputFiles files) {
    TrainingCheck.require(spark, files, manifest.toMerge(List.of()), configuration);
    TrainingCheck.memory(spark, files, manifest, configuration, trainings());
  }

  /** How many there may be at once; the winner is trained in any case. */
  private int trainings() {
    return Math.max(1, configuration.fidelity().mixtures()) * configuration.fidelity().seeds();
  }

  /** Before anything is trained: it would be too late when the models are to be scored. */
  private void requireRoom(InputFiles files) {
    if (!directory.models().isLocal()) {
      new MemoryCheck(spark, files, configuration)
          .plan(manifest)
          .flatMap(MemoryPlan::littleForAnotherModel)
          .ifPresent(
              problem -> {
                throw UserException.usage(List.of(problem));
              });
    }
  }

  private RunRecord requireFinished(RunPlan plan) {
    directory.require();
    directory.claim(plan.runId(), plan.identity());
    return FinishedRun.require(directory);
  }

  private Result compare(RunPlan plan, RunRecord record, long started) {
    JavaSparkContext context = Session.context(spark);
    context.setJobGroup("fidelity", "Choose the mixtures to fine-tune", false);
    RankedTable ranked = directory.ranked(spark);
    Mixture winner = Mixture.parse(ranked.at(1).mixture());
    Map<Mixture, String> roles = roles(plan, record, ranked, winner);
    // What would end the comparison is told before any training: a base that has no score, or that
    // gains cannot be measured by.
    List<ScoreModels.Subject> given = given(plan);
    SortedMap<String, ModelScores> scores = score(plan, given);
    List<Problem> leftOut = leaveOut(given.subList(1, given.size()), scores);
    requireNumbers(given.subList(0, 1), scores);
    Objective objective = plan.objective(scores.get("").search());
    Optional<Objective> confirming = plan.confirmObjective(scores.get("").confirm());
    List<List<TrainingOutcome>> trained = train(roles.keySet());
    SortedMap<String, List<ModelScores>> bySeed = new TreeMap<>();
    for (List<TrainingOutcome> ofSeed : trained) {
      List<ScoreModels.Subject> models = subjects(ofSeed);
      SortedMap<String, ModelScores> found = score(plan, models);
      requireNumbers(models, found);
      found.forEach(
          (mixture, one) -> bySeed.computeIfAbsent(mixture, id -> new ArrayList<>()).add(one));
    }
    bySeed.forEach((mixture, models) -> scores.put(mixture, ModelScores.mean(models)));

    context.setJobGroup("fidelity", "Compare surrogates with models really fine-tuned", false);
    List<FidelityRow> rows =
        rows(plan, ranked, roles, trained, new Scored(objective, confirming, scores, bySeed));
    FidelityResults results =
        FidelityResults.write(spark, directory, configuration, ranked, rows, objective.scoreUnit());
    double training =
        trained.stream().flatMap(List::stream).mapToDouble(TrainingOutcome::seconds).sum();
    double wall = (System.nanoTime() - started) / 1e9;
    RunRecord.Fidelity found =
        new RunRecord.Fidelity(
            results.figures(),
            confirming
                .map(
                    confirm ->
                        new Confirmations(
                                plan.experts().keySet(),
                                all(plan, record),
                                objective,
                                confirm,
                                winner,
                                scores)
                            .list(spread(roles)))
                .orElse(List.of()));
    RunRecord done =
        directory.update(
            record,
            before ->
                before.confirmed(
                    roles.size(),
                    seconds(before, training, wall),
                    found,
                    Instant.now().toString()));
    Location model =
        trained.stream()
            .flatMap(List::stream)
            .filter(outcome -> outcome.mixture().equals(winner.id()))
            .map(TrainingOutcome::model)
            .findFirst()
            .orElseGet(() -> plan.experts().get(winner.id()).input().location());
    return new Result(done, results, model, leftOut);
  }

  /** A comparison that was there already took no time. */
  private static RunRecord.Seconds seconds(RunRecord before, double training, double wall) {
    boolean repeated = before.state() == RunRecord.State.CONFIRMED && training == 0;
    RunRecord.Seconds seconds = before.seconds();
    return new RunRecord.Seconds(
        seconds.merge(),
        seconds.evaluate(),
        seconds.training() + training,
        seconds.wall() + (repeated ? 0 : wall));
  }

  /** The mixtures to fine-tune, and why; the winner and all datasets are among them. */
  private Map<Mixture, String> roles(
      RunPlan plan, RunRecord record, RankedTable ranked, Mixture winner) {
    Mixture all = all(plan, record);
    try (ComparableMixtures comparable = new ComparableMixtures(spark, ranked)) {
      Map<Mixture, String> roles =
          configuration.fidelity().choice() == Choice.PLANNED
              ? planned(
                  ranked, winner, comparable.contains(all) ? Optional.of(all) : Optional.empty())
              : spread(plan, record, comparable);
      if (winner.size() > 1) {
        roles.putIfAbsent(winner, "best");
      }
      if (comparable.contains(all)) {
        roles.putIfAbsent(all, "all");
      }
      return roles;
    }
  }

  /** All datasets together, with the weights that the search gave them. */
  private static Mixture all(RunPlan plan, RunRecord record) {
    return record.search().weights().subset(plan.experts().keySet());
  }

  private Map<Mixture, String> spread(
      RunPlan plan, RunRecord record, ComparableMixtures comparable) {
    Map<Mixture, String> roles = new LinkedHashMap<>();
    FidelitySelection.choose(
            comparable,
            plan.experts().keySet(),
            record.search().weights(),
            configuration.fidelity().mixtures(),
            configuration.seed())
        .forEach(selected -> roles.put(selected.mixture(), selected.role()));
    return roles;
  }

  /** Beside the winner and all datasets, those that tell most about all surrogates. */
  private Map<Mixture, String> planned(RankedTable ranked, Mixture winner, Optional<Mixture> all) {
    Map<Mixture, String> roles = new LinkedHashMap<>();
    if (winner.size() > 1) {
      roles.put(winner, "best");
    }
    all.ifPresent(mixture -> roles.putIfAbsent(mixture, "all"));
    int left = Math.max(0, configuration.fidelity().mixtures() - roles.size());
    PlannedTrainings.next(
            RankedScores.of(ranked, ranked.counts().ranked()), List.copyOf(roles.keySet()), left)
        .forEach(mixture -> roles.put(mixture, "planned"));
    return roles;
  }

  private static List<String> spread(Map<Mixture, String> roles) {
    return roles.entrySet().stream()
        .filter(role -> role.getValue().equals("spread"))
        .map(role -> role.getKey().id())
        .toList();
  }

  /** The models of each seed; those of the first one have the seed that everything else has. */
  private List<List<TrainingOutcome>> train(Collection<Mixture> mixtures) {
    if (mixtures.isEmpty()) {
      return List.of();
    }
    TrainingPlan training = TrainingPlan.of(spark, manifest, configuration);
    List<TrainingJob> jobs =
        IntStream.range(0, configuration.fidelity().seeds())
            .boxed()
            .flatMap(
                repeat ->
                    mixtures.stream()
                        .map(mixture -> training.repeated(mixture, directory.models(), repeat)))
            .toList();
    List<TrainingOutcome> outcomes =
        new TrainingJobs(spark, configuration, progress).run("fidelity", jobs);
    List<List<TrainingOutcome>> bySeed = new ArrayList<>();
    for (int first = 0; first < outcomes.size(); first += mixtures.size()) {
      bySeed.add(outcomes.subList(first, first + mixtures.size()));
    }
    return bySeed;
  }

  /** The base, and then every expert. */
  private static List<ScoreModels.Subject> given(RunPlan plan) {
    List<ScoreModels.Subject> subjects = new ArrayList<>();
    subjects.add(new ScoreModels.BaseSubject());
    plan.experts().keySet().forEach(id -> subjects.add(new ScoreModels.ExpertSubject(id)));
    return subjects;
  }

  /**
   * Takes out the scores of experts that are no numbers. A search that tolerated the failures of
   * their mixtures has ended; here they would be nothing but further rows to compare with.
   *
   * @return what was left out
   */
  private static List<Problem> leaveOut(
      List<ScoreModels.Subject> experts, SortedMap<String, ModelScores> scores) {
    List<Problem> leftOut = new ArrayList<>();
    for (ScoreModels.Subject expert : experts) {
      List<Problem> problems = ScoreModels.notNumbers(expert, scores.get(expert.mixture()));
      if (!problems.isEmpty()) {
        scores.remove(expert.mixture());
        problems.forEach(
            problem ->
                leftOut.add(
                    new Problem("Left out: " + problem.what(), problem.where(), problem.remedy())));
      }
    }
    return leftOut;
  }

  private static void requireNumbers(
      List<ScoreModels.Subject> subjects, SortedMap<String, ModelScores> scores) {
    UserException.inputIfAny(
        subjects.stream()
            .flatMap(
                subject -> ScoreModels.notNumbers(subject, scores.get(subject.mixture())).stream())
            .toList());
  }

  private static List<ScoreModels.Subject> subjects(List<TrainingOutcome> trained) {
    return trained.stream()
        .<ScoreModels.Subject>map(
            model -> new ScoreModels.CheckpointSubject(model.mixture(), model.model()))
        .toList();
  }

  private SortedMap<String, ModelScores> score(RunPlan plan, List<ScoreModels.Subject> subjects) {
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
      List<List<TrainingOutcome>> trained,
      Scored scored) {
    List<FidelityRow> rows = new ArrayList<>();
    Estimate base = scored.search("");
    rows.add(FidelityRow.once("", "base", base, base, scored.confirm(""), plan.base().path()));
    plan.experts()
        .forEach(
            (id, expert) -> {
              if (scored.scores().containsKey(id)) {
                Estimate score = scored.search(id);
                rows.add(
                    FidelityRow.once(
                        id, "single", score, score, scored.confirm(id), expert.path()));
              }
            });
    List<TrainingOutcome> outcomes = trained.stream().flatMap(List::stream).toList();
    roles.forEach(
        (mixture, role) -> {
          List<TrainingOutcome> models =
              outcomes.stream().filter(model -> model.mixture().equals(mixture.id())).toList();
          rows.add(
              new FidelityRow(
                  mixture.id(),
                  role,
                  ranked.find(mixture.id()).orElseThrow().score(),
                  scored.search(mixture.id()),
                  models.size(),
                  scored.seedDeviation(mixture.id()),
                  Double.NaN,
                  scored.confirm(mixture.id()),
                  models.stream().mapToDouble(TrainingOutcome::seconds).sum(),
                  models.get(0).model().text()));
        });
    return rows;
  }

  /** The scores of models as the objectives see them. */
  private record Scored(
      Objective search,
      Optional<Objective> confirm,
      SortedMap<String, ModelScores> scores,
      SortedMap<String, List<ModelScores>> bySeed) {

    double seedDeviation(String mixture) {
      double[] values =
          bySeed.get(mixture).stream()
              .mapToDouble(model -> search.score(model.search()).value())
              .toArray();
      return values.length > 1 ? Math.sqrt(StatUtils.variance(values)) : Double.NaN;
    }

    Estimate search(String mixture) {
      return search.score(scores.get(mixture).search());
    }

    Estimate confirm(String mixture) {
      return confirm
          .map(objective -> objective.score(scores.get(mixture).confirm()))
          .orElse(new Estimate(Double.NaN, Double.NaN));
    }
  }
}
