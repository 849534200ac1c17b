package org.mergetomix.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.data.DataForm;
import org.mergetomix.hocon.Choice;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.training.FineTuning;

/**
 * What a trainer needs to fine-tune on a mixture: which data in which shares, from which base.
 * {@code mixture.json} of an exported folder; the README documents its fields.
 */
public final class TrainerManifest {

  /** What the file is called. */
  public static final String FILE = "mixture.json";

  /** The layout of the file. */
  private static final int FORMAT = 2;

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private TrainerManifest() {}

  /**
   * The text of the file; reads the data of the mixture once, for their digests.
   *
   * @param manifest with the datasets of the mixture and no others
   * @param sharesOf what the weights are shares of
   */
  public static String of(
      InputFiles files,
      Manifest manifest,
      RunPlan plan,
      Mixture mixture,
      FineTuning.Shares sharesOf,
      long seed) {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", FORMAT);
    json.put("mixture", mixture.id());
    json.put("shares", Choice.name(sharesOf));
    List<TrainerSettings.Share> shares = new ArrayList<>();
    for (Manifest.DatasetEntry entry : manifest.datasets()) {
      ObjectNode dataset = json.withArray("datasets").addObject();
      dataset.put("id", entry.id());
      dataset.put("weight", mixture.weight(entry.id()));
      OptionalLong examples = addData(dataset, entry.data(), files);
      entry
          .data()
          .ifPresent(
              text ->
                  shares.add(
                      new TrainerSettings.Share(
                          entry.id(), text, mixture.weight(entry.id()), examples)));
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
    // Trainers draw examples, so shares of tokens would be others to them.
    if (shares.size() == manifest.datasets().size() && sharesOf == FineTuning.Shares.EXAMPLE) {
      new TrainerSettings(shares, seed).addTo(json.putObject("trainers"));
    }
    try {
      return JSON.writeValueAsString(json) + "\n";
    } catch (JsonProcessingException bug) {
      throw new IllegalStateException("A tree of texts and numbers is always JSON", bug);
    }
  }

  /**
   * Where the data are and what is in them; a dataset whose expert was brought may have none here.
   *
   * @return how many examples it has, as far as that shows
   */
  private static OptionalLong addData(
      ObjectNode dataset, Optional<Location> data, InputFiles files) {
    data.ifPresent(text -> dataset.put("data", text.text()));
    Optional<Location> there =
        data.filter(place -> files.dataProblems("The data", place, "").isEmpty());
    there.ifPresent(place -> dataset.put("sha256", files.dataDigest(place)));
    OptionalLong examples =
        there
            .map(files::dataFiles)
            .filter(all -> all.stream().allMatch(TrainerManifest::hasALineAnExample))
            .map(all -> all.stream().mapToLong(file -> lines(files.fetch(file, ""))).sum())
            .map(OptionalLong::of)
            .orElse(OptionalLong.empty());
    examples.ifPresent(count -> dataset.put("examples", count));
    return examples;
  }

  private static boolean hasALineAnExample(Location file) {
    DataForm form = DataForm.of(file.name());
    return form.layout() != DataForm.Layout.PARQUET
        && form.compression() == DataForm.Compression.NONE;
  }

  /** The lines with something in them; what they are encoded in does not matter. */
  private static long lines(Path text) {
    try (Stream<String> lines = Files.lines(text, StandardCharsets.ISO_8859_1)) {
      return lines.filter(line -> !line.isBlank()).count();
    } catch (IOException failure) {
      throw FileProblems.reading(text, failure);
    }
  }
}
