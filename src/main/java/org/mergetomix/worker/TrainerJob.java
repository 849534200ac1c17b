package org.mergetomix.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.mergetomix.data.Example;
import org.mergetomix.data.conversation.JsonValues;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.Precision;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.training.DrawnTokens;
import org.mergetomix.training.FineTuning;
import org.mergetomix.training.LowRank;
import org.mergetomix.training.MixtureSampler;

/**
 * What a trainer is told: {@code job.json}, and beside it {@code examples.jsonl}, the mixture with
 * a row for each example of the training in the order in which they are to be seen. So a trainer
 * has no shares to understand.
 *
 * @param digest of everything that decides the trained model
 * @param base the base's folder on this host
 * @param examples of each dataset of the mixture, by id; none of them empty
 * @param context the most tokens that the model sees at once
 * @param seed what the order of the examples is drawn from
 */
public record TrainerJob(
    String digest,
    Mixture mixture,
    Path base,
    SortedMap<String, List<Example>> examples,
    FineTuning recipe,
    Precision precision,
    int context,
    long seed) {

  /** The layout of the file. */
  static final int FORMAT = 1;

  /** What the file is called. */
  static final String FILE = "job.json";

  private static final String EXAMPLES = "examples.jsonl";

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** How many steps the training has. */
  public int steps() {
    SortedMap<String, List<Integer>> rows = new TreeMap<>();
    examples.forEach((dataset, some) -> rows.put(dataset, Collections.nCopies(some.size(), 1)));
    DrawnTokens drawn = new DrawnTokens(mixture, rows, FineTuning.Shares.EXAMPLE, seed);
    return recipe.length().steps(drawn, recipe.batchSize());
  }

  /**
   * Writes both files; the job comes last, and is there only beside all examples.
   *
   * @param checkpointSteps after how many steps it saves what it would go on from
   */
  void write(Path folder, int checkpointSteps) {
    Path file = folder.resolve(FILE);
    try {
      if (!Files.exists(file)) {
        writeExamples(folder.resolve(EXAMPLES));
      }
      Path draft = folder.resolve(FILE + ".part");
      Files.writeString(draft, JSON.writeValueAsString(json(folder, checkpointSteps)) + "\n");
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      throw FileProblems.writing(folder, failure);
    }
  }

  private JsonNode json(Path folder, int checkpointSteps) {
    ObjectNode job = JSON.createObjectNode();
    job.put("format", FORMAT).put("job", digest).put("mixture", mixture.id());
    job.put("base", base.toAbsolutePath().toString());
    job.put("examples", folder.resolve(EXAMPLES).toAbsolutePath().toString());
    ArrayNode kinds = job.putArray("rows");
    TreeSet<String> all = new TreeSet<>();
    examples.values().forEach(rows -> all.add(kind(rows.get(0))));
    all.forEach(kinds::add);
    examples.forEach(
        (dataset, rows) ->
            job.withArray("datasets")
                .addObject()
                .put("id", dataset)
                .put("share", mixture.weight(dataset))
                .put("rows", rows.size()));
    ObjectNode training = job.putObject("training");
    training.put("steps", steps()).put("batch_size", recipe.batchSize());
    training.put("micro_batch_size", recipe.microBatchSize());
    training.put("learning_rate", recipe.learningRate());
    training.put("warmup_steps", recipe.warmupSteps());
    training.put("final_learning_rate_share", recipe.finalLearningRateShare());
    training.put("weight_decay", recipe.weightDecay()).put("clip_norm", recipe.clipNorm());
    training.put("max_length", context).put("seed", seed);
    training.put("precision", precision.key()).put("checkpoint_steps", checkpointSteps);
    if (recipe.method() instanceof LowRank lowRank) {
      ObjectNode lora = job.putObject("lora");
      lora.put("rank", lowRank.rank()).put("alpha", lowRank.alpha());
      lowRank.targets().forEach(lora.putArray("target_modules")::add);
    }
    return job;
  }

  private void writeExamples(Path file) throws IOException {
    MixtureSampler<Example> sampler = new MixtureSampler<>(mixture, examples, row -> 1, seed);
    ObjectMapper lines = new ObjectMapper();
    try (BufferedWriter writer = Files.newBufferedWriter(file)) {
      for (long left = (long) steps() * recipe.batchSize(); left > 0; left--) {
        writer.write(lines.writeValueAsString(row(sampler.next())));
        writer.write('\n');
      }
    }
  }

  private static String kind(Example example) {
    return example.map(text -> "text", completion -> "completion", dialogue -> "messages");
  }

  private static JsonNode row(Example example) {
    ObjectNode row = JSON.createObjectNode();
    return example.map(
        text -> row.put("text", text.text()),
        completion ->
            row.put("prompt", completion.prompt()).put("completion", completion.completion()),
        dialogue -> {
          ArrayNode messages = row.putArray("messages");
          dialogue
              .conversation()
              .messages()
              .forEach(message -> messages.add(JsonValues.node(message.fields())));
          return row;
        });
  }
}
