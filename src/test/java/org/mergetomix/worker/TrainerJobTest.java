package org.mergetomix.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.data.Example;
import org.mergetomix.data.conversation.Conversation;
import org.mergetomix.data.conversation.JsonValues;
import org.mergetomix.data.conversation.Message;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.Precision;
import org.mergetomix.training.FineTuning;
import org.mergetomix.training.LowRank;

class TrainerJobTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void writesRowsInTheSharesOfTheMixtureAndInOneOrder() throws IOException {
    SortedMap<String, List<Example>> examples = new TreeMap<>();
    examples.put("es", texts("es", 5));
    examples.put("fr", texts("fr", 40));
    Mixture mixture = Mixture.parse("es:0.75+fr:0.25");

    List<JsonNode> rows = rows(mixture, examples, new FineTuning.Steps(10));
    List<String> texts = rows.stream().map(row -> row.path("text").asText()).toList();

    assertThat(texts).hasSize(40).filteredOn(text -> text.startsWith("es")).hasSize(30);
    assertThat(texts.subList(0, 20)).filteredOn(text -> text.startsWith("fr")).hasSize(5);
    assertThat(texts).filteredOn("es 3"::equals).hasSize(6);
    assertThat(rows(mixture, examples, new FineTuning.Steps(10))).isEqualTo(rows);
    assertThat(rows(mixture, examples, new FineTuning.Epochs(2))).hasSize(92);
  }

  @Test
  void writesEveryKindOfRowAsItWasRead() throws IOException {
    JsonNode message =
        JSON.readTree(
            "{\"role\": \"assistant\", \"content\": [{\"type\": \"text\", \"text\": \"ja\"}],"
                + " \"tool_calls\": [{\"index\": 3, \"weight\": 0.5, \"last\": true}]}");
    SortedMap<String, List<Example>> examples = new TreeMap<>();
    examples.put(
        "chats",
        List.of(
            new Example.Dialogue(
                new Conversation(
                    List.of(
                        Message.of("user", "ça \"va\"?"),
                        new Message(JsonValues.fields(message)))))));
    examples.put("pairs", List.of(new Example.Completion("one\n", "two")));

    List<JsonNode> rows =
        rows(Mixture.subset(examples.keySet()), examples, new FineTuning.Steps(1));

    assertThat(rows)
        .contains(JSON.readTree("{\"prompt\": \"one\\n\", \"completion\": \"two\"}"))
        .anySatisfy(
            row -> {
              assertThat(row.at("/messages/0/content").asText()).isEqualTo("ça \"va\"?");
              assertThat(row.at("/messages/1")).isEqualTo(message);
            });
    assertThat(job().path("rows")).isEqualTo(JSON.readTree("[\"completion\", \"messages\"]"));
    assertThat(job().at("/datasets/1"))
        .isEqualTo(JSON.readTree("{\"id\": \"pairs\", \"share\": 0.5, \"rows\": 1}"));
  }

  @Test
  void saysHowToTrain() throws IOException {
    rows(
        Mixture.subset(List.of("es")),
        new TreeMap<>(Map.of("es", texts("es", 2))),
        new FineTuning.Epochs(4));

    JsonNode job = job();

    assertThat(job.path("format").asInt()).isEqualTo(TrainerJob.FORMAT);
    assertThat(job.path("base").asText()).isEqualTo("/models/base");
    assertThat(job.path("training"))
        .isEqualTo(
            JSON.readTree(
                """
                {"steps": 2, "batch_size": 4, "micro_batch_size": 2, "learning_rate": 0.001,
                 "warmup_steps": 5, "final_learning_rate_share": 0.1, "weight_decay": 0.01,
                 "clip_norm": 1.0, "max_length": 48, "seed": 7, "precision": "bfloat16",
                 "checkpoint_steps": 50}
                """));
    assertThat(job.path("lora"))
        .isEqualTo(
            JSON.readTree("{\"rank\": 8, \"alpha\": 16.0, \"target_modules\": [\"q_proj\"]}"));
  }

  private static List<Example> texts(String dataset, int count) {
    return IntStream.range(0, count)
        .<Example>mapToObj(i -> new Example.PlainText(dataset + " " + i))
        .toList();
  }

  private List<JsonNode> rows(
      Mixture mixture, SortedMap<String, List<Example>> examples, FineTuning.Length length)
      throws IOException {
    Files.deleteIfExists(folder.resolve(TrainerJob.FILE));
    new TrainerJob(
            "digest",
            mixture,
            Path.of("/models/base"),
            examples,
            new FineTuning(
                new LowRank(8, 16, List.of("q_proj")),
                length,
                FineTuning.Shares.EXAMPLE,
                FineTuning.Packing.NONE,
                4,
                2,
                1e-3,
                5,
                0.1,
                0.01,
                1),
            Precision.BFLOAT16,
            48,
            7)
        .write(folder, 50);
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(job().path("examples").asText()))) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }

  private JsonNode job() throws IOException {
    return JSON.readTree(folder.resolve(TrainerJob.FILE).toFile());
  }
}
