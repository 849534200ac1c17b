package org.mergetomix.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.mergetomix.location.Location;

/**
 * A mixture in the words of trainers, each with the keys that it reads itself: Hugging Face {@code
 * datasets}, LLaMA-Factory, Axolotl.
 */
final class TrainerSettings {

  /** Smaller datasets are begun again until the largest has been seen. */
  private static final String OVERSAMPLING = "all_exhausted";

  private final List<Share> shares;
  private final long seed;

  /**
   * A dataset's part in the mixture.
   *
   * @param weight its share of the examples; all together 1
   * @param examples how many it has; empty where nobody counted
   */
  record Share(String id, Location data, double weight, OptionalLong examples) {

    /** How Python's libraries name the place. */
    private String path() {
      return data.text().replaceFirst("^s3[an]:", "s3:");
    }

    /** What {@code datasets} calls the format. */
    private String format() {
      String name = data.name();
      if (name.endsWith(".parquet")) {
        return "parquet";
      }
      return name.endsWith(".jsonl") || name.endsWith(".json") ? "json" : "text";
    }
  }

  TrainerSettings(List<Share> shares, long seed) {
    this.shares = shares;
    this.seed = seed;
  }

  /** Adds a field for each trainer. */
  void addTo(ObjectNode trainers) {
    addDatasets(trainers.putObject("datasets"));
    addLlamaFactory(trainers.putObject("llama-factory"));
    if (shares.stream().allMatch(share -> share.examples().orElse(0) > 0)) {
      addAxolotl(trainers.putObject("axolotl"));
    }
  }

  /** The arguments of {@code load_dataset}, a dataset each, and of {@code interleave_datasets}. */
  private void addDatasets(ObjectNode json) {
    for (Share share : shares) {
      json.withArray("load_dataset")
          .addObject()
          .put("path", share.format())
          .put("data_files", share.path())
          .put("split", "train");
    }
    ObjectNode interleave = json.putObject("interleave_datasets");
    shares.forEach(share -> interleave.withArray("probabilities").add(share.weight()));
    interleave.put("seed", seed).put("stopping_strategy", OVERSAMPLING);
  }

  /**
   * Its own configuration, and what goes into {@code dataset_info.json}: datasets of texts, for its
   * stage {@code pt}.
   */
  private void addLlamaFactory(ObjectNode json) {
    ObjectNode configuration = json.putObject("configuration");
    configuration.put("dataset", joined(Share::id));
    if (shares.size() > 1) {
      configuration.put("mix_strategy", "interleave_over");
      configuration.put("interleave_probs", joined(share -> String.valueOf(share.weight())));
    }
    configuration.put("seed", seed);
    ObjectNode info = json.putObject("dataset_info");
    for (Share share : shares) {
      info.putObject(share.id())
          .put("file_name", share.path())
          .putObject("columns")
          .put("prompt", "text");
    }
  }

  private String joined(Function<Share, String> part) {
    return shares.stream().map(part).collect(Collectors.joining(","));
  }

  /**
   * Its {@code weight} is which part of a dataset is used, 0 to 1, whatever the others' sizes: with
   * share over size, divided by the greatest of these, the parts have the mixture's shares, and one
   * dataset is used whole.
   */
  private void addAxolotl(ObjectNode json) {
    double greatest = shares.stream().mapToDouble(TrainerSettings::density).max().orElseThrow();
    for (Share share : shares) {
      json.withArray("datasets")
          .addObject()
          .put("path", share.path())
          .put("ds_type", share.format())
          .put("type", "completion")
          .put("weight", density(share) / greatest);
    }
    json.put("seed", seed);
  }

  private static double density(Share share) {
    return share.weight() / share.examples().orElseThrow();
  }
}
