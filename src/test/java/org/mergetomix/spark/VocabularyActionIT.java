package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.FolderTokenizer;
import org.mergetomix.safetensors.SafetensorsWriter;
import org.mergetomix.safetensors.TensorFile;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.testing.HuggingFaceRun;
import org.mergetomix.testing.SparkSessionExtension;

/** A base that gets the tokens of its experts, from refusal to export. */
@ExtendWith(SparkSessionExtension.class)
class VocabularyActionIT {

  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String MODEL = "model.safetensors";

  /** Of the base's tokenizer. */
  private static final int TOKENS = 29;

  @TempDir private Path folder;

  private SparkSession spark;
  private HuggingFaceRun run;
  private Path grown;
  private int rows;

  @BeforeEach
  void growsAnExpertAsTrainersDo(SparkSession session) throws IOException {
    spark = session;
    run = HuggingFaceRun.of(folder.resolve("inputs"));
    grown = folder.resolve("inputs/grown");
    try (Checkpoint base = Checkpoints.open(run.base())) {
      rows = base.tensors().get(EMBEDDING).shape().get(0).intValue();
    }
    Path expert = run.expert(HuggingFaceRun.WHOLE);
    Path small = expert.resolve("small");
    Files.move(expert.resolve(MODEL), small);
    try (Checkpoint weights = Checkpoints.open(small)) {
      SortedMap<String, TensorSpec> tensors = new TreeMap<>(weights.tensors());
      TensorSpec table = tensors.get(EMBEDDING);
      int width = table.shape().get(1).intValue();
      tensors.put(
          EMBEDDING, new TensorSpec(EMBEDDING, DType.F32, List.of(rows + 2L, (long) width)));
      SafetensorsWriter.write(
          expert.resolve(MODEL),
          tensors,
          Map.of(),
          (tensor, offset, destination, length) -> {
            int known =
                (int)
                    Math.max(
                        0, Math.min(length, weights.tensors().get(tensor).elements() - offset));
            weights.read(tensor, known == 0 ? 0 : offset, destination, known);
            Arrays.fill(destination, known, length, 0.5f);
          });
    }
    Files.delete(small);
    Files.copy(
        run.base().resolve("tokenizer.json"),
        expert.resolve("tokenizer.json"),
        StandardCopyOption.REPLACE_EXISTING);
    // Its model's table was filled up behind the tokens, so the new ones come behind that.
    edit(expert.resolve("tokenizer.json"), "\"added_tokens\": [", "\"added_tokens\": [" + added());
  }

  private String added() {
    return entry(rows, "<es>") + ", " + entry(rows + 1, "<fr>") + ", ";
  }

  private static String entry(int number, String text) {
    return "{\"id\": %s, \"content\": \"%s\", \"special\": true, \"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\": false}"
        .formatted(number, text);
  }

  @Test
  void refusesTheExpertUntilItIsToldWhatToDo() {
    assertThatThrownBy(() -> search("output=" + folder.resolve("fail")))
        .hasMessageContaining("set vocabulary = base");

    vocabulary("base", "base");
    SearchAction.Result left = search();
    export("whole", "left");

    assertThat(left.top()).hasSize(3);
    try (Checkpoint exported = Checkpoints.open(folder.resolve("left"))) {
      assertThat(exported.tensors().get(EMBEDDING).shape().get(0)).isEqualTo(rows);
    }
  }

  @Test
  void givesTheBaseTheTokensAndMergesTheirRows() throws IOException {
    vocabulary("base", "base");
    assertThat(grow()).containsExactly("<es>", "<fr>");

    vocabulary("grown", "union");
    SearchAction.Result result = search();
    export("adapter+whole", "exported");

    assertThat(result.top()).hasSize(3);
    int first = TOKENS;
    try (FolderTokenizer tokenizer = FolderTokenizer.open(folder.resolve("exported"))) {
      assertThat(tokenizer.encode("a<fr>b<es>")).containsExactly(2, first + 1, 3, first);
    }
    try (Checkpoint exported = Checkpoints.open(folder.resolve("exported"));
        Checkpoint base = Checkpoints.open(grown)) {
      TensorSpec table = exported.tensors().get(EMBEDDING);
      int width = table.shape().get(1).intValue();
      float[] row = new float[width];
      exported.read(EMBEDDING, (long) (first + 1) * width, row, width);
      for (float element : row) {
        // The adapter has no such token, so it has no say.
        assertThat(element).isCloseTo(0.5f, within(1e-6f));
      }
      assertThat(Files.readString(folder.resolve("exported/config.json")))
          .contains("\"vocab_size\" : " + table.shape().get(0));
      assertThat(base.tensors().get(EMBEDDING)).isEqualTo(table);
    }
  }

  @Test
  void keepsTheRowsThatFillTheBasesTableUp() {
    vocabulary("base", "base");
    grow();

    try (Checkpoint base = Checkpoints.open(run.base());
        Checkpoint more = Checkpoints.open(grown)) {
      int width = base.tensors().get(EMBEDDING).shape().get(1).intValue();
      float[] before = new float[rows * width];
      float[] after = new float[rows * width];
      base.read(EMBEDDING, 0, before, before.length);
      more.read(EMBEDDING, 0, after, after.length);
      float[] mean = new float[width];
      for (int i = 0; i < TOKENS * width; i++) {
        mean[i % width] += before[i] / TOKENS;
      }
      for (int i = 0; i < before.length; i++) {
        boolean added = i / width >= TOKENS && i / width < TOKENS + 2;
        assertThat(after[i]).isCloseTo(added ? mean[i % width] : before[i], within(1e-6f));
      }
    }
  }

  @Test
  void refusesFactorsOfATableWhoseTokensAreOthers() throws IOException {
    vocabulary("base", "base");
    Path adapter = run.expert(HuggingFaceRun.ADAPTER);
    edit(adapter.resolve("tokenizer.json"), "\"added_tokens\": [", "\"added_tokens\": [" + added());
    grow();
    vocabulary("grown", "union");
    edit(
        adapter.resolve("tokenizer.json"),
        "\"added_tokens\": [",
        "\"added_tokens\": [" + entry(TOKENS, "<fr>") + ", ");
    TensorSpec table;
    try (Checkpoint more = Checkpoints.open(grown)) {
      table = more.tensors().get(EMBEDDING);
    }
    Files.writeString(
        adapter.resolve("adapter_config.json"),
        """
        {"peft_type": "LORA", "r": 1, "lora_alpha": 1, "target_modules": ["embed_tokens"]}
        """);
    new TensorFile()
        .ramp(
            "base_model.model.model.embed_tokens.lora_embedding_A",
            List.of(1, table.shape().get(0).intValue()),
            1)
        .ramp(
            "base_model.model.model.embed_tokens.lora_embedding_B",
            List.of(table.shape().get(1).intValue(), 1),
            1)
        .write(adapter.resolve("adapter_model.safetensors"));

    assertThatThrownBy(this::search)
        .hasMessageContaining("The adapter's tokens are not the base's");
  }

  @Test
  void saysWhenThereIsNothingToAdd() throws IOException {
    vocabulary("base", "base");
    Files.copy(
        run.base().resolve("tokenizer.json"),
        run.expert(HuggingFaceRun.WHOLE).resolve("tokenizer.json"),
        StandardCopyOption.REPLACE_EXISTING);

    assertThatThrownBy(this::grow)
        .hasMessageContaining("No expert has a token that the base lacks");
    assertThat(grown).doesNotExist();
  }

  @Test
  void saysWhichFolderHasNoTokenizer() throws IOException {
    vocabulary("base", "base");
    Files.delete(run.expert(HuggingFaceRun.WHOLE).resolve("tokenizer.json"));

    assertThatThrownBy(this::grow)
        .hasMessageContaining("has no tokenizer.json")
        .hasMessageContaining("experts/whole");
  }

  private List<String> grow() {
    return new VocabularyAction(spark, run.manifest(), run.configuration()).run(Location.of(grown));
  }

  /** Only the whole expert's tokenizer differs; the adapter has none of its own. */
  private void vocabulary(String base, String vocabulary) {
    try {
      Files.copy(
          run.base().resolve("tokenizer.json"),
          run.expert(HuggingFaceRun.ADAPTER).resolve("tokenizer.json"),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    run.writeManifest("checkpoint = " + base);
    edit(run.manifestFile(), "\" }", "\", vocabulary = " + vocabulary + " }");
  }

  private static void edit(Path file, String from, String to) {
    try {
      Files.writeString(file, Files.readString(file).replace(from, to));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private SearchAction.Result search(String... settings) {
    return new SearchAction(spark, run.manifest(), run.configuration(settings), Progress.SILENT)
        .run();
  }

  private void export(String mixture, String target) {
    new ExportAction(spark, run.manifest(), run.configuration())
        .run(Mixture.parse(mixture), Location.of(folder.resolve(target)));
  }
}
