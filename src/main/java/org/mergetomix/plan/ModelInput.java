package org.mergetomix.plan;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.evaluation.TaskQuestions;
import org.mergetomix.evaluation.TaskSplit;
import org.mergetomix.expert.BaseCheckpoint;
import org.mergetomix.expert.TiedCheckpoint;
import org.mergetomix.family.Family;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.family.TiedNames;
import org.mergetomix.folder.Companions;
import org.mergetomix.merge.FactoredExperts;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.model.LanguageModel;
import org.mergetomix.model.LiveModel;
import org.mergetomix.model.Precision;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.worker.TrainerCommand;
import org.mergetomix.worker.WorkerEvaluator;
import org.mergetomix.worker.WorkerSettings;

/** What computes with the base's parameters. */
public sealed interface ModelInput extends Serializable {

  /** Everything about it that decides a score, beside the parameters and their precision. */
  String identity();

  /** What it computes in. */
  default Precision precision() {
    return Precision.FLOAT32;
  }

  /** The same on this host. */
  ModelInput fetched(InputFiles files);

  /**
   * The model, whose parameters are anything until they are written; of an input on this host.
   *
   * @param base the base's checkpoint on this host
   * @param device a usable one
   * @throws UserException if it cannot be used
   */
  LanguageModel open(Path base, ComputeDevice device);

  /** The user's own file, if there is one; none or one. */
  default List<FileInput> file() {
    return List.of();
  }

  /**
   * A graph of the user's own.
   *
   * @param graph the TorchScript file
   * @param tied names of one parameter each
   */
  record TorchScript(FileInput graph, List<TiedNames> tied) implements ModelInput {

    public TorchScript {
      tied = List.copyOf(tied);
    }

    @Override
    public String identity() {
      return LiveModel.VERSION + " " + graph.digest();
    }

    @Override
    public ModelInput fetched(InputFiles files) {
      return new TorchScript(graph.fetched(files), tied);
    }

    @Override
    public LanguageModel open(Path base, ComputeDevice device) {
      return LiveModel.load(graph.file(), device, tied);
    }

    @Override
    public List<FileInput> file() {
      return List.of(graph);
    }
  }

  /**
   * A known family, as the base's config.json describes it.
   *
   * @param modelType as config.json calls it
   * @param family what {@link Family#identity()} was when the run began
   */
  record OfFamily(String modelType, String family, Precision precision) implements ModelInput {

    @Override
    public String identity() {
      return "%s %s %s".formatted(FamilyModel.VERSION, modelType, family);
    }

    @Override
    public ModelInput fetched(InputFiles files) {
      return this;
    }

    @Override
    public LanguageModel open(Path base, ComputeDevice device) {
      Family here;
      try (Checkpoint checkpoint = BaseCheckpoint.open(base)) {
        here = FamilyReader.ofBase(base, checkpoint.tensors().keySet());
      }
      if (!here.identity().equals(family)) {
        throw UserException.input(
            "config.json changed since the run began", base.toString(), "Start again");
      }
      return FamilyModel.open(here, precision, device);
    }
  }

  /**
   * A process beside the executor.
   *
   * @param settings how it is started
   * @param folder what lies beside the base's tensors, as {@link Companions#digest} was when the
   *     run began
   * @param versions what the worker said that it is
   * @param warnings what it said that its user should know
   */
  record OfWorker(
      WorkerSettings settings,
      String folder,
      Precision precision,
      SortedMap<String, String> versions,
      List<String> warnings)
      implements ModelInput {

    /** Raised whenever the scores that come through a worker change. */
    private static final String VERSION = "worker/1";

    /** The same for the scores of surrogates that workers make themselves. */
    private static final String FACTORS_VERSION = "factors/1";

    @Override
    public String identity() {
      return "%s%s threads=%s %s %s"
          .formatted(
              VERSION,
              switch (settings.experts()) {
                case MERGED -> "";
                case FACTORS -> " " + FACTORS_VERSION;
              },
              settings.threads(),
              versions,
              folder);
    }

    @Override
    public ModelInput fetched(InputFiles files) {
      return this;
    }

    @Override
    public LanguageModel open(Path base, ComputeDevice device) {
      throw new IllegalStateException("The model of a worker is in another process");
    }

    /**
     * Starts a worker.
     *
     * @param base the base, opened
     * @param path where it lies on this host
     * @param factors the experts, if they are given to it once
     * @throws UserException if it cannot be used
     */
    public WorkerEvaluator start(
        TiedCheckpoint base,
        Path path,
        Map<TaskSplit, SortedMap<String, TaskQuestions>> tasks,
        int batchSize,
        Optional<FactoredExperts> factors,
        ComputeDevice device) {
      if (!Companions.digest(path).equals(folder)) {
        throw UserException.input(
            "What lies beside the base changed since the run began",
            path.toString(),
            "Start again");
      }
      return WorkerEvaluator.open(
          settings,
          device,
          new WorkerEvaluator.Work(
              path, base, base.copies(), tasks, batchSize, precision, versions, factors));
    }
  }

  /**
   * A process beside the executor that trains.
   *
   * @param trainer how it is started
   * @param base what it starts from
   * @param folder what lies beside the base's tensors, as {@link Companions#digest} was when the
   *     run began
   * @param versions what the trainer said that it is
   */
  record OfTrainer(
      TrainerCommand trainer,
      BaseInput base,
      String folder,
      Precision precision,
      SortedMap<String, String> versions)
      implements ModelInput {

    /** Raised whenever what is made of a trainer's models changes. */
    private static final String VERSION = "trainer/1";

    @Override
    public String identity() {
      return "%s %s %s %s".formatted(VERSION, trainer.identity(), versions, folder);
    }

    @Override
    public ModelInput fetched(InputFiles files) {
      return new OfTrainer(trainer, base.fetched(files), folder, precision, versions);
    }

    @Override
    public LanguageModel open(Path base, ComputeDevice device) {
      throw new IllegalStateException("The model of a trainer is in another process");
    }
  }

  /** Nothing: the plan merges and evaluates nothing. */
  record Unneeded() implements ModelInput {

    @Override
    public String identity() {
      return "";
    }

    @Override
    public ModelInput fetched(InputFiles files) {
      return this;
    }

    @Override
    public LanguageModel open(Path base, ComputeDevice device) {
      throw new IllegalStateException("A plan that only merges has no model");
    }
  }
}
