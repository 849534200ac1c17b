package org.mergetomix.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.evaluation.MultipleChoice;
import org.mergetomix.family.Family;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.folder.Digests;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.model.FolderTokenizer;
import org.mergetomix.problem.UserException;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class ExampleTest {

  private static final Configuration SHORT =
      Configuration.load(
          List.of(),
          List.of("training.steps=2", "training.batch-size=8", "training.warmup-steps=1"));

  private static final String MATRIX = "model.layers.0.mlp.up_proj.weight";

  @TempDir private static Path directory;

  private static Path manifestFile;

  @BeforeAll
  static void prepare(SparkSession spark) {
    manifestFile = new Example(directory).prepare(spark, SHORT, Progress.SILENT);
  }

  @Test
  void writesAManifestThatIsRead() {
    Manifest manifest = Manifest.read(manifestFile);

    assertThat(manifest.datasets())
        .extracting(Manifest.DatasetEntry::id)
        .containsExactly("de", "es", "fi", "fr", "it", "pl", "sv", "tr");
    assertThat(manifest.datasets())
        .allSatisfy(dataset -> assertThat(dataset.data().orElseThrow().path()).exists());
    assertThat(manifest.base().model()).isEmpty();
    assertThat(manifest.base().checkpoint().path()).isDirectory();
    assertThat(manifest.tasks())
        .extracting(Manifest.TaskEntry::id)
        .containsExactly("ca", "countries");
    assertThat(manifest.tasks())
        .extracting(task -> task.kind().name())
        .containsExactly(LanguageModelling.KIND.name(), MultipleChoice.NAME);
  }

  @Test
  void asksForTheCatalanNamesOfCountriesWhichItsTextsDoNotHave() throws IOException {
    Manifest.TaskEntry task = Manifest.read(manifestFile).tasks().get(1);
    List<String> search = Files.readAllLines(task.data().path());
    List<String> confirm = Files.readAllLines(task.confirm().orElseThrow().path());
    List<String> right = new ArrayList<>();
    for (String line : Stream.concat(search.stream(), confirm.stream()).toList()) {
      JsonNode row = new ObjectMapper().readTree(line);
      List<String> choices = new ArrayList<>();
      row.get("choices").forEach(choice -> choices.add(choice.asText()));
      assertThat(choices).hasSize(4).doesNotHaveDuplicates();
      right.add(choices.get(row.get("answer").asInt()));
    }

    assertThat(search).hasSizeGreaterThan(40);
    assertThat(confirm.size() - search.size()).isBetween(0, 1);
    assertThat(right)
        .doesNotHaveDuplicates()
        .isSubsetOf(LanguageNames.all("ca"))
        .doesNotContainAnyElementsOf(LanguageNames.split("ca", 1).heldOut());
    assertThat(right).as("a question is drawn for each").contains("Alemanya");
  }

  @Test
  void judgesTheWinnerOnOtherNamesThanItChooses() throws IOException {
    Manifest.TaskEntry task = Manifest.read(manifestFile).tasks().get(0);
    List<String> search = Files.readAllLines(task.data().path());
    List<String> confirm = Files.readAllLines(task.confirm().orElseThrow().path());

    assertThat(search).doesNotContainAnyElementsOf(confirm).hasSizeGreaterThan(150);
    assertThat(confirm.size() - search.size()).isBetween(0, 1);
    List<String> together = new ArrayList<>(search);
    together.addAll(confirm);
    assertThat(together)
        .containsExactlyInAnyOrderElementsOf(LanguageNames.split("ca", 1).heldOut());
  }

  @Test
  void trainsOnTwelveLanguagesAndNeverOnTheTarget() throws IOException {
    List<String> trained = new ArrayList<>();
    for (String language :
        List.of("de", "es", "fi", "fr", "it", "pl", "sv", "tr", "cs", "da", "et", "hu")) {
      trained.addAll(LanguageNames.split(language, 1).training());
    }
    assertThat(Files.readAllLines(directory.resolve("data/pretraining.txt"))).isEqualTo(trained);
    assertThat(Files.readAllLines(directory.resolve("data/es.txt")))
        .isEqualTo(LanguageNames.split("es", 1).training());
  }

  @Test
  void writesAHuggingFaceFolderThatWasTrained() {
    Path base = Manifest.read(manifestFile).base().checkpoint().path();
    Family family = FamilyReader.read(base.resolve(FamilyReader.FILE));
    try (Checkpoint initial = Checkpoints.open(directory.resolve("initial"));
        Checkpoint trained = Checkpoints.open(base)) {
      assertThat(family.modelType()).isEqualTo("llama");
      assertThat(family.mismatches(trained.tensors(), "base")).isEmpty();
      float[] before = new float[64];
      float[] after = new float[64];
      initial.read(MATRIX, 0, before, 64);
      trained.read(MATRIX, 0, after, 64);
      assertThat(after).isNotEqualTo(before);
    }
  }

  @Test
  void givesEveryByteATokenOfItsOwn() {
    String text = "Països Catalans, Çanakkale, Łódź";
    try (FolderTokenizer tokenizer = FolderTokenizer.open(directory.resolve("base"))) {
      int[] tokens = tokenizer.encode(text);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

      assertThat(tokens).hasSize(bytes.length);
      for (int i = 0; i < tokens.length; i++) {
        assertThat(tokens[i]).isEqualTo(2 + Byte.toUnsignedInt(bytes[i]));
      }
      assertThat(tokenizer.decode(tokens)).isEqualTo(text);
      assertThat(tokenizer.encodeWhole(text)[0]).isEqualTo(tokenizer.prefix()).isZero();
      assertThat(tokenizer.vocabulary()).isEqualTo(258);
    }
  }

  @Test
  void changesNothingWhenItIsThereAlready(SparkSession spark) throws IOException {
    SortedMap<String, String> before = digests();
    Path base = directory.resolve("base/model.safetensors");
    FileTime trained = Files.getLastModifiedTime(base);

    assertThat(new Example(directory).prepare(spark, SHORT, Progress.SILENT))
        .isEqualTo(manifestFile);

    assertThat(digests()).isEqualTo(before);
    assertThat(Files.getLastModifiedTime(base)).isEqualTo(trained);
  }

  @Test
  void saysThatItCannotBeWritten(SparkSession spark, @TempDir Path other) throws IOException {
    Path file = Files.createFile(other.resolve("file"));

    assertThatThrownBy(() -> new Example(file).prepare(spark, SHORT, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot write the example: ")
        .hasMessageEndingWith(
            " (%s). Choose a directory that can be written, with --directory.", file);
  }

  @ParameterizedTest
  @MethodSource("org.mergetomix.demo.LanguageBed#beds")
  void bedsHaveTheSameBaseAndAllTheirTexts(LanguageBed bed, SparkSession spark) throws IOException {
    Manifest manifest = Manifest.read(bed.write(directory, spark, SHORT));

    assertThat(manifest.base()).isEqualTo(Manifest.read(manifestFile).base());
    assertThat(manifest.datasets())
        .hasSizeGreaterThan(5)
        .allSatisfy(dataset -> assertThat(dataset.data().orElseThrow().path()).isNotEmptyFile());
    assertThat(manifest.tasks())
        .hasSizeGreaterThan(2)
        .allSatisfy(
            task -> {
              assertThat(task.data().path()).isNotEmptyFile();
              Path alone = manifest.file().path().resolveSibling(task.id() + ".conf");
              assertThat(Manifest.read(alone).tasks()).containsExactly(task);
            });
  }

  @Test
  void aBedHasDatasetsOfVeryDifferentSizes(SparkSession spark) throws IOException {
    Manifest sizes = Manifest.read(LanguageBed.SIZES.write(directory, spark, SHORT));

    List<Integer> rows = new ArrayList<>();
    for (Manifest.DatasetEntry dataset : sizes.datasets()) {
      rows.add(Files.readAllLines(dataset.data().orElseThrow().path()).size());
    }
    assertThat(rows).containsExactlyInAnyOrder(30, 60, 150, 300, 600, 1_200);
  }

  private static SortedMap<String, String> digests() throws IOException {
    SortedMap<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> digests.put(file.toString(), Digests.sha256(file)));
    }
    return digests;
  }
}
