package org.mergetomix.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
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
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.folder.Digests;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.model.LiveModel;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.testing.SparkSessionExtension;
import org.mergetomix.training.FineTuning;

@ExtendWith(SparkSessionExtension.class)
class ExampleTest {

  private static final FineTuning SHORT =
      new FineTuning(new FineTuning.Steps(2), 8, 2e-3, 1, 0.1, 0.01, 1.0);

  private static final Configuration DEFAULTS = Configuration.load(List.of(), List.of());

  @TempDir private static Path directory;

  private static Path manifestFile;

  @BeforeAll
  static void prepare(SparkSession spark) {
    manifestFile = new Example(directory, SHORT).prepare(spark, DEFAULTS, Progress.SILENT);
  }

  @Test
  void writesAManifestThatIsRead() {
    Manifest manifest = Manifest.read(manifestFile);

    assertThat(manifest.datasets())
        .extracting(Manifest.DatasetEntry::id)
        .containsExactly("de", "es", "fi", "fr", "it", "pl", "sv", "tr");
    assertThat(manifest.datasets())
        .allSatisfy(dataset -> assertThat(dataset.data().orElseThrow().path()).exists());
    assertThat(manifest.base().model().orElseThrow().path()).exists();
    assertThat(manifest.base().checkpoint().path()).exists();
    assertThat(manifest.base().context()).hasValue(48);
    Manifest.TaskEntry task = manifest.tasks().get(0);
    assertThat(manifest.tasks()).hasSize(1);
    assertThat(task.id()).isEqualTo("ca");
    assertThat(task.kind()).isEqualTo(LanguageModelling.KIND);
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
  void neverTrainsOnTheTarget() throws IOException {
    try (Stream<Path> texts = Files.list(directory.resolve("data"))) {
      assertThat(texts.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "ca.confirm.txt",
              "ca.search.txt",
              "cs.txt",
              "da.txt",
              "de.txt",
              "es.txt",
              "et.txt",
              "fi.txt",
              "fr.txt",
              "hu.txt",
              "it.txt",
              "pl.txt",
              "sv.txt",
              "tr.txt");
    }
  }

  @Test
  void writesABaseThatFitsTheModelAndWasTrained() {
    Manifest.Base base = Manifest.read(manifestFile).base();
    try (LiveModel model = LiveModel.load(base.model().orElseThrow().path());
        Checkpoint initial = SafetensorsFile.open(directory.resolve("initial.safetensors"));
        Checkpoint trained = SafetensorsFile.open(base.checkpoint().path())) {
      assertThat(model.mismatches(trained.tensors(), "base")).isEmpty();
      float[] before = new float[64];
      float[] after = new float[64];
      initial.read("final_norm.bias", 0, before, 64);
      trained.read("final_norm.bias", 0, after, 64);
      assertThat(before).containsOnly(0);
      assertThat(after).isNotEqualTo(before);
    }
  }

  @Test
  void changesNothingWhenItIsThereAlready(SparkSession spark) throws IOException {
    SortedMap<String, String> before = digests();
    Path base = directory.resolve("base.safetensors");
    FileTime trained = Files.getLastModifiedTime(base);

    assertThat(new Example(directory, SHORT).prepare(spark, DEFAULTS, Progress.SILENT))
        .isEqualTo(manifestFile);

    assertThat(digests()).isEqualTo(before);
    assertThat(Files.getLastModifiedTime(base)).isEqualTo(trained);
  }

  @Test
  void saysThatItCannotBeWritten(SparkSession spark, @TempDir Path other) throws IOException {
    Path file = Files.createFile(other.resolve("file"));

    assertThatThrownBy(() -> new Example(file, SHORT).prepare(spark, DEFAULTS, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot write the example: ")
        .hasMessageEndingWith(
            " (%s). Choose a directory that can be written, with --directory.", file);
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
