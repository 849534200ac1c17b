package org.mergetomix.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.RunPlan;

/**
 * What a trainer needs to fine-tune on a mixture: which data in which shares, from which base.
 * {@code mixture.json} of an exported folder; the README documents its fields.
 */
final class TrainerManifest {

  static final String FILE = "mixture.json";

  /** The layout of the file. */
  private static final int FORMAT = 2;

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private TrainerManifest() {}

  /**
   * The text of the file; reads the data of the mixture once, for their digests.
   *
   * @param manifest with the datasets of the mixture and no others
   */
  static String of(InputFiles files, Manifest manifest, RunPlan plan, Mixture mixture, long seed) {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", FORMAT);
    json.put("mixture", mixture.id());
    for (Manifest.DatasetEntry entry : manifest.datasets()) {
      ObjectNode dataset = json.withArray("datasets").addObject();
      dataset.put("id", entry.id());
      dataset.put("weight", mixture.weight(entry.id()));
      addData(dataset, entry.data(), files);
      dataset
          .putObject("expert")
          .put("checkpoint", entry.expert().text())
          .put("sha256", plan.experts().get(entry.id()).digest());
    }
    json.put("seed", seed);
    json.putObject("base")
        .put("checkpoint", plan.base().path())
        .put("sha256", plan.base().digest());
    json.put("method", plan.method().describe());
    try {
      return JSON.writeValueAsString(json) + "\n";
    } catch (JsonProcessingException bug) {
      throw new IllegalStateException("A tree of texts and numbers is always JSON", bug);
    }
  }

  /** A dataset whose expert was brought may have no data here. */
  private static void addData(ObjectNode dataset, Optional<Location> data, InputFiles files) {
    data.ifPresent(text -> dataset.put("data", text.text()));
    data.filter(text -> files.dataProblems("The data", text, "").isEmpty())
        .ifPresent(text -> dataset.put("sha256", files.dataDigest(text)));
  }
}
