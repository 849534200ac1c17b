package org.mergetomix.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.mergetomix.location.Location;

/** The real packages read these in CI: .ci/check_merges.py. */
class TrainerSettingsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void givesAxolotlThePartOfEachDatasetThatMakesItsShare() {
    long[] sizes = {1000, 300, 50};
    double[] shares = {0.5, 0.3, 0.2};
    JsonNode datasets =
        settings(
                share("a", "a.txt", shares[0], sizes[0]),
                share("b", "b.jsonl", shares[1], sizes[1]),
                share("c", "c.txt", shares[2], sizes[2]))
            .at("/axolotl/datasets");

    double used = 0;
    for (int i = 0; i < sizes.length; i++) {
      assertThat(weight(datasets, i)).isPositive().isLessThanOrEqualTo(1);
      used += weight(datasets, i) * sizes[i];
    }
    for (int i = 0; i < sizes.length; i++) {
      assertThat(weight(datasets, i) * sizes[i] / used).isCloseTo(shares[i], within(1e-12));
    }
    assertThat(weight(datasets, 2)).as("the scarcest is used whole").isEqualTo(1);
    assertThat(datasets)
        .extracting(dataset -> dataset.get("ds_type").asText())
        .containsExactly("text", "json", "text");
  }

  @Test
  void leavesAxolotlOutWhereNobodyCounted() {
    JsonNode trainers =
        settings(
            share("a", "a.txt", 0.5, 10),
            new TrainerSettings.Share("b", data("b.parquet"), 0.5, OptionalLong.empty()));

    assertThat(trainers.has("axolotl")).isFalse();
    assertThat(trainers.at("/datasets/load_dataset/1/path").asText()).isEqualTo("parquet");
  }

  @Test
  void givesLlamaFactoryProbabilitiesInTheOrderOfTheDatasets() {
    JsonNode factory =
        settings(share("a", "a.txt", 0.75, 10), share("b", "b.txt", 0.25, 10)).at("/llama-factory");

    assertThat(factory.at("/configuration/dataset").asText()).isEqualTo("a,b");
    assertThat(factory.at("/configuration/mix_strategy").asText()).isEqualTo("interleave_over");
    assertThat(factory.at("/configuration/interleave_probs").asText()).isEqualTo("0.75,0.25");
    assertThat(factory.at("/dataset_info/b/file_name").asText()).isEqualTo("/data/b.txt");
    assertThat(factory.at("/dataset_info/b/columns/prompt").asText()).isEqualTo("text");
  }

  @Test
  void mixesNothingIntoASingleDataset() {
    JsonNode trainers = settings(share("a", "a.txt", 1, 10));

    assertThat(trainers.at("/llama-factory/configuration").has("mix_strategy")).isFalse();
    assertThat(weight(trainers.at("/axolotl/datasets"), 0)).isEqualTo(1);
  }

  @Test
  void namesPlacesAsPythonDoes() {
    JsonNode trainers =
        settings(
            new TrainerSettings.Share(
                "a", new Location("s3a://bucket/a.txt"), 1, OptionalLong.of(1)));

    assertThat(trainers.at("/datasets/load_dataset/0/data_files").asText())
        .isEqualTo("s3://bucket/a.txt");
  }

  private static double weight(JsonNode datasets, int index) {
    return datasets.get(index).get("weight").asDouble();
  }

  private static TrainerSettings.Share share(String id, String name, double weight, long size) {
    return new TrainerSettings.Share(id, data(name), weight, OptionalLong.of(size));
  }

  private static Location data(String name) {
    return new Location("/data/" + name);
  }

  private static JsonNode settings(TrainerSettings.Share... shares) {
    ObjectNode json = JSON.createObjectNode();
    new TrainerSettings(List.of(shares), 1).addTo(json);
    return json;
  }
}
