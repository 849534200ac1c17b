package org.mergetomix.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.mergetomix.cache.CacheSettings;
import org.mergetomix.hocon.Findings;
import org.mergetomix.hocon.HoconFile;
import org.mergetomix.hocon.Section;
import org.mergetomix.merge.MergeDevice;
import org.mergetomix.merge.MergeSettings;
import org.mergetomix.mlflow.MlflowSettings;
import org.mergetomix.model.Precision;
import org.mergetomix.problem.Range;
import org.mergetomix.problem.UserException;
import org.mergetomix.training.FineTuning;
import org.mergetomix.worker.WorkerSettings;

/** Stacks the sources of a configuration and reads the result; the only place that names keys. */
final class ConfigurationLoader {

  private static final String ROOT = "merge-to-mix";
  private static final Range COUNT = Range.atLeast(1);
  private static final Range COUNT_OR_NONE = Range.atLeast(0);

  private static final long SMALLEST_CHUNK = 1 << 16;
  private static final long LARGEST_CHUNK = 1 << 30;

  private ConfigurationLoader() {}

  static Configuration load(List<Path> files, List<String> settings) {
    Findings findings = new Findings();
    Config reference = reference();
    Config stacked = reference;
    for (Path file : files) {
      stacked = HoconFile.parse(file.toString(), file, findings).withFallback(stacked);
    }
    for (String setting : settings) {
      stacked = Setting.parse(setting, reference, findings).withFallback(stacked);
    }
    Section root = Section.root(stacked, findings);
    Configuration configuration = read(root);
    root.refuseUnknownKeys();
    // Where it stands is not told: --set has it as it is.
    MlflowSettings.problem(configuration.mlflow().trackingUri())
        .ifPresent(
            wrong ->
                findings.add(
                    "mlflow.tracking-uri " + wrong,
                    "mlflow.tracking-uri",
                    "Give the address alone; token, or user and password, are taken from the"
                        + " environment, as by MLflow itself"));
    if (!findings.isEmpty()) {
      throw UserException.usage(findings.problems());
    }
    return configuration;
  }

  /**
   * The defaults. Other libraries may have a file of that name too; a root of our own keeps theirs
   * apart, in a jar that holds them all as well.
   */
  static Config reference() {
    return ConfigFactory.parseResources(
            ConfigurationLoader.class.getClassLoader(), "reference.conf")
        .withOnlyPath(ROOT)
        .resolve(ConfigResolveOptions.noSystem())
        .getConfig(ROOT);
  }

  private static Configuration read(Section root) {
    return new Configuration(
        root.textOrEmpty("manifest"),
        root.textOrEmpty("output"),
        root.longInteger("seed", Range.ANY),
        merge(root.section("merge")),
        SearchReader.search(root.section("search")),
        objective(root.section("objective")),
        evaluation(root.section("evaluation")),
        worker(root.section("worker")),
        training(root.section("training")),
        fidelity(root.section("fidelity")),
        divide(root.section("divide")),
        new Configuration.Baselines(root.section("baselines").integer("rows", COUNT_OR_NONE)),
        report(root.section("report")),
        cache(root.section("cache")),
        mlflow(root.section("mlflow")),
        spark(root.section("spark")));
  }

  private static Configuration.Merge merge(Section section) {
    return new Configuration.Merge(
        MergeReader.settings(section),
        section.integerOr("buffers", MergeSettings.AUTO, COUNT),
        section.integerOr("threads", MergeSettings.AUTO, COUNT),
        section.choiceOr("device", MergeSettings.AUTO, MergeDevice.class));
  }

  private static Configuration.Objective objective(Section section) {
    return new Configuration.Objective(section.texts("tasks"), section.texts("examples"));
  }

  private static Configuration.Evaluation evaluation(Section section) {
    return new Configuration.Evaluation(
        section.integer("batch-size", COUNT),
        section.choiceOr("precision", MergeSettings.AUTO, Precision.class),
        section.choice("engine", Configuration.Evaluation.Engine.class));
  }

  private static WorkerSettings worker(Section section) {
    return new WorkerSettings(
        section.texts("command"),
        section.text("python"),
        section.text("shared-memory"),
        section.integer("silence", COUNT),
        section.integer("threads", COUNT),
        section.choice("network", WorkerSettings.Network.class),
        section.choice("experts", WorkerSettings.Experts.class));
  }

  private static Configuration.Training training(Section section) {
    Configuration.Training.Method method =
        section.choice("method", Configuration.Training.Method.class);
    Configuration.Training training =
        new Configuration.Training(
            section.choice("engine", Configuration.Training.Trainer.class),
            section.texts("command"),
            section.textOrEmpty("workspace"),
            section.integer("silence", COUNT),
            section.integer("threads", COUNT),
            section.integer("checkpoint-steps", COUNT),
            section.number("gpus-per-task", COUNT_OR_NONE),
            method,
            lora(section.section("lora")),
            trainingPrecision(section, method),
            section.choice("length", Configuration.Training.Length.class),
            section.integer("steps", COUNT),
            section.integer("epochs", COUNT),
            section.longInteger("tokens", COUNT),
            section.choice("shares", FineTuning.Shares.class),
            section.number("held-out", Range.from(0, 0.5)),
            section.choice("packing", FineTuning.Packing.class),
            section.integer("batch-size", COUNT),
            section.integer("micro-batch-size", COUNT_OR_NONE),
            section.number("learning-rate", Range.above(0)),
            section.integer("warmup-steps", COUNT_OR_NONE),
            section.number("final-learning-rate-share", Range.from(0, 1)),
            section.number("weight-decay", Range.atLeast(0)),
            section.number("clip-norm", Range.above(0)));
    if (training.microBatchSize() > training.batchSize()) {
      section.problem(
          "micro-batch-size",
          "%s is %s, but a batch has only %s examples"
              .formatted(
                  section.pathOf("micro-batch-size"),
                  training.microBatchSize(),
                  training.batchSize()),
          "Lower it, or raise training.batch-size");
    }
    requireEngine(section, training);
    return training;
  }

  private static void requireEngine(Section section, Configuration.Training training) {
    boolean byCommand = training.engine() == Configuration.Training.Trainer.COMMAND;
    if (byCommand && training.command().isEmpty()) {
      section.problem(
          "command",
          section.pathOf("engine") + " is command, but no command is given",
          "Set %s to what trains, with its arguments".formatted(section.pathOf("command")));
    }
    double gpus = training.gpusPerTask();
    if (gpus > 1 && (!byCommand || gpus != Math.rint(gpus))) {
      section.problem(
          "gpus-per-task",
          byCommand
              ? "%s is %s, but a task has a share of one GPU, or whole ones"
                  .formatted(section.pathOf("gpus-per-task"), gpus)
              : "%s is %s, but the engine djl trains on one GPU"
                  .formatted(section.pathOf("gpus-per-task"), gpus),
          "Give 1 or less, or a whole number with training.engine = command");
    }
  }

  private static Optional<Precision> trainingPrecision(
      Section section, Configuration.Training.Method method) {
    Optional<Precision> precision =
        section.choiceOr("precision", MergeSettings.AUTO, Precision.class);
    if (precision.equals(Optional.of(Precision.BFLOAT16))
        && method == Configuration.Training.Method.FULL) {
      section.problem(
          "precision",
          section.pathOf("precision")
              + " is bfloat16, but training.method is full: most steps are too small for bfloat16",
          "Set training.method to lora, or leave it out");
    }
    return precision;
  }

  private static Configuration.Training.Lora lora(Section section) {
    List<String> targets = section.texts("target-modules");
    boolean mixed = targets.size() > 1 && targets.contains(Configuration.Training.Lora.ALL_LINEAR);
    if (targets.isEmpty() || targets.contains("") || mixed) {
      section.problem(
          "target-modules",
          section.pathOf("target-modules") + " must be names of layers, or all-linear alone",
          "");
    }
    return new Configuration.Training.Lora(
        section.integer("rank", COUNT), section.number("alpha", Range.above(0)), targets);
  }

  private static Configuration.Fidelity fidelity(Section section) {
    return new Configuration.Fidelity(
        section.integer("mixtures", COUNT_OR_NONE),
        section.choice("choice", Configuration.Fidelity.Choice.class),
        section.integer("seeds", COUNT),
        section.textOrEmpty("scores"),
        section.integer("bootstrap-samples", COUNT),
        section.number("confidence", Range.between(0, 1)));
  }

  private static Configuration.Report report(Section section) {
    List<String> surface = section.texts("surface");
    boolean two = surface.size() == 2 && !surface.get(0).equals(surface.get(1));
    if (!surface.isEmpty() && !two) {
      section.problem(
          "surface",
          section.pathOf("surface") + " must be two different datasets, or none",
          "Give two ids, or leave it out: then the report takes the two that help most");
    }
    return new Configuration.Report(section.integer("top", COUNT), surface);
  }

  private static Configuration.Divide divide(Section section) {
    return new Configuration.Divide(
        section.integer("parts", Range.from(2, 256)),
        section.textOrEmpty("by"),
        section.choice("features", Configuration.Divide.Features.class),
        section.number("near-duplicates", Range.from(0.8, 1)));
  }

  private static CacheSettings cache(Section section) {
    return new CacheSettings(
        section.textOrEmpty("directory"),
        section.bytes("capacity", COUNT),
        section.integer("threads", COUNT),
        (int) section.bytes("chunk-size", Range.from(SMALLEST_CHUNK, LARGEST_CHUNK)));
  }

  private static MlflowSettings mlflow(Section section) {
    return new MlflowSettings(section.textOrEmpty("tracking-uri"), section.text("experiment"));
  }

  private static Configuration.Spark spark(Section section) {
    return new Configuration.Spark(
        section.textOrEmpty("master"),
        section.text("app-name"),
        section.number("gpus-per-task", COUNT_OR_NONE),
        section.integer("wait-for-executors", COUNT));
  }
}
