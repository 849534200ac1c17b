package org.mergetomix.plan;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.expert.BaseCheckpoint;
import org.mergetomix.family.Family;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.family.TiedNames;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.model.LanguageModel;
import org.mergetomix.model.LiveModel;
import org.mergetomix.model.Precision;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;

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
