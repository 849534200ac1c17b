package org.mergetomix.executor;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.model.LanguageModel;
import org.mergetomix.output.LocalOutput;
import org.mergetomix.safetensors.SafetensorsWriter;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.training.FineTuner;
import org.mergetomix.training.FineTuning;
import org.mergetomix.training.LowRank;
import org.mergetomix.training.LowRankAdapter;

/**
 * A live model that is trained in place, and how it is written then. It stays its owner's. One
 * thread.
 */
final class TrainedModel {

  private final TrainedForm form;
  private final LanguageModel live;
  private final Optional<LowRankAdapter> adapter;
  private final SortedMap<String, TensorSpec> tensors;
  private final Path base;
  private final String baseName;

  private TrainedModel(
      TrainedForm form,
      LanguageModel live,
      Optional<LowRankAdapter> adapter,
      SortedMap<String, TensorSpec> tensors,
      Path base,
      String baseName) {
    this.form = form;
    this.live = live;
    this.adapter = adapter;
    this.tensors = tensors;
    this.base = base;
    this.baseName = baseName;
  }

  /**
   * Prepares a model that has the base's parameters.
   *
   * @param start the base
   * @param base where that lies on this host
   * @param baseName what it is called
   * @param seed what an adapter's beginning is drawn from
   */
  static TrainedModel of(
      TrainedForm form,
      LanguageModel live,
      Checkpoint start,
      Path base,
      String baseName,
      FineTuning.Method method,
      long seed) {
    if (method instanceof LowRank lowRank) {
      FamilyModel model = (FamilyModel) live;
      return new TrainedModel(
          form,
          live,
          Optional.of(LowRankAdapter.attach(model, lowRank, seed)),
          lowRank.tensors(model.family()),
          base,
          baseName);
    }
    SortedMap<String, TensorSpec> tensors = new TreeMap<>(start.tensors());
    tensors.keySet().removeIf(name -> !live.knows(name));
    return new TrainedModel(
        form, live, Optional.empty(), TrainedForm.written(tensors), base, baseName);
  }

  /** What trains it. */
  FineTuner tuner(FineTuning recipe) {
    return adapter
        .map(factors -> factors.tuner(recipe))
        .orElseGet(() -> new FineTuner(live, recipe));
  }

  /** The most bytes that are written. */
  long bytes() {
    return form.bytes(tensors, base);
  }

  /** Writes the model as it is now, in place of what is there, and puts it where it belongs. */
  void write(LocalOutput output, Map<String, String> metadata) {
    switch (form) {
      case FILE -> {
        SafetensorsWriter.write(output.path(), tensors, metadata, live);
        output.publish();
      }
      case FOLDER -> TrainedFiles.writeModel(output, tensors, live, metadata, base);
      case ADAPTER -> {
        LowRankAdapter factors = adapter.orElseThrow();
        TrainedFiles.writeAdapter(
            output, tensors, factors, metadata, factors.configuration(baseName));
      }
    }
  }
}
