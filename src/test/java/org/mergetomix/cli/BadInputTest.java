package org.mergetomix.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.safetensors.SafetensorsWriter;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.testing.FullDiskFileSystem;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

/** What a user gets wrong: one clear message each, the right exit code, nothing half-written. */
@ExtendWith(SparkSessionExtension.class)
class BadInputTest {

  @TempDir private Path folder;

  private SparkSession spark;
  private SmallRun run;

  @BeforeEach
  void prepare(SparkSession session) {
    spark = session;
    run = SmallRun.of(folder.resolve("inputs"));
  }

  @AfterEach
  void leavesNothingHalfWritten() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(".tmp"));
    }
  }

  @Test
  void offersTheNearestKeyForEachUnknownOne() throws IOException {
    Path overlay = Files.writeString(folder.resolve("mine.conf"), "search.round-sise = 4\n");

    assertRefused(
        2,
        List.of(
            "Unknown key search.round-sise (%s:1). Did you mean search.round-size?"
                .formatted(overlay),
            "Unknown key sed (--set sed=3). Did you mean seed?"),
        run.arguments("search", "--config", overlay.toString(), "--set", "sed=3"));
  }

  @Test
  void namesAConfigurationFileThatIsNotThere() {
    assertRefused(
        2,
        List.of("File does not exist (" + folder.resolve("none.conf") + ")."),
        run.arguments("search", "--config", folder.resolve("none.conf").toString()));
  }

  @Test
  void asksForAManifestAndAnOutput() {
    assertRefused(
        2, List.of("Key manifest is not set. Add --set manifest=FILE."), List.of("check"));
    assertRefused(
        2,
        List.of("Key output is not set. Add --set output=DIRECTORY."),
        List.of("search", "--set", "manifest=" + run.manifestFile()));
  }

  @Test
  void namesAManifestThatIsNotThere() {
    Path none = folder.resolve("none.conf");

    assertRefused(
        3,
        List.of("The manifest does not exist (" + none + ")."),
        run.arguments("search", "--set", "manifest=" + none));
  }

  @Test
  void namesEveryFileThatIsNotThere() throws IOException {
    Files.delete(run.expert("b"));
    Files.delete(run.text("task"));

    assertRefused(
        3,
        List.of(
            "The expert of dataset b does not exist (%s).".formatted(run.expert("b"))
                + " Fine-tune it first, or correct its path in %s.".formatted(run.manifestFile()),
            "The data of task task does not exist (%s). Correct its path in %s."
                .formatted(run.text("task"), run.manifestFile())),
        run.arguments("search"));
  }

  @Test
  void namesTheTensorsThatDoNotMatchTheModel() throws IOException {
    writeWithOtherTensors(run.base());
    writeWithOtherTensors(run.expert("a"));

    Ran ran = refused(3, run.arguments("check"));

    assertThat(ran.messages())
        .anyMatch(
            line ->
                line.startsWith("Error: Tensor final_norm.weight ")
                    && line.contains("[65]")
                    && line.contains("[64]")
                    && line.contains(run.base().toString()))
        .anyMatch(line -> line.startsWith("Error: Tensor head.weight of the model is missing"))
        .anyMatch(line -> line.startsWith("Error: Tensor extra has no parameter in the model"));
  }

  @Test
  void namesTheTensorsOfAnExpertThatDoNotMatchTheBase() throws IOException {
    writeWithOtherTensors(run.expert("c"));

    Ran ran = refused(3, run.arguments("search"));

    assertThat(ran.messages())
        .hasSize(3)
        .allMatch(line -> line.contains(run.expert("c").toString()))
        .anyMatch(line -> line.contains("final_norm.weight"))
        .anyMatch(line -> line.contains("head.weight"))
        .anyMatch(line -> line.contains("extra"));
  }

  @Test
  void wantsTwoDatasets() throws IOException {
    String one = "datasets = [{id = a, expert = experts/a.safetensors}]";

    assertManifestRefused(one, "There is only one dataset");
    assertManifestRefused("datasets = []", "There is no dataset");
  }

  @Test
  void wantsDatasetIdsThatDiffer() throws IOException {
    assertManifestRefused(
        "datasets = [{id = a, expert = x}, {id = a, expert = y}]", "Dataset id a is given twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"es+fr", "es:0.5"})
  void wantsDatasetIdsWithoutTheSignsOfMixtures(String id) throws IOException {
    assertManifestRefused(
        "datasets = [{id = \"" + id + "\", expert = x}, {id = b, expert = y}]",
        "Dataset id \"" + id + "\" is not allowed");
  }

  @Test
  void saysThatDataIsEmptyOrUnreadable() throws IOException {
    run.writeText("task", List.of(" ", ""));
    Files.write(run.text("confirm"), new byte[] {'x', (byte) 0xc3, '\n'});

    assertRefused(
        3,
        List.of(
            "The data holds no example (%s). Write one example a line.".formatted(run.text("task")),
            "Not UTF-8 text (%s:1).".formatted(run.text("confirm"))
                + " Convert it to UTF-8, one example a line."),
        run.arguments("search"));

    Files.write(run.text("task"), new byte[0]);
    assertRefused(
        3,
        List.of(
            "The data of task task is empty (%s). Correct its path in %s."
                .formatted(run.text("task"), run.manifestFile())),
        run.arguments("search"));
  }

  @Test
  void saysThatALossIsNoLongerANumber() throws IOException {
    Files.delete(run.expert("b"));
    Files.delete(run.expert("a"));

    Ran ran =
        refused(
            3,
            run.arguments(
                "finetune", "--set", "training.learning-rate=1e10", "--set", "training.steps=30"));

    assertThat(ran.messages())
        .hasSize(2)
        .allMatch(
            told -> told.startsWith("Error: The loss is no longer a number (NaN at step 2 of 30)"));
    assertThat(run.expert("a")).doesNotExist();
    assertThat(run.expert("b")).doesNotExist();
  }

  @Test
  void saysWhatDiffersInAnOutputOfAnotherRun() throws IOException {
    Files.createDirectories(run.output());
    assertThat(Ran.of(run.arguments("search", "--set", "search.maximum-size=1")).exitCode())
        .isZero();
    byte[] before = Files.readAllBytes(run.output().resolve("run.json"));

    assertRefused(
        2,
        List.of(
            "The output directory belongs to another run: evaluation.batch-size was 8 and is now"
                + " 9 (%s).".formatted(run.output())
                + " Choose another output, or go back to what that run was started with."),
        run.arguments("search", "--set", "evaluation.batch-size=9"));
    assertThat(run.output().resolve("run.json")).hasBinaryContent(before);
  }

  @Test
  void saysThatTheDiskIsFullAndGoesOnWhenThereIsRoom() {
    Ran full =
        FullDiskFileSystem.during(
            () -> Ran.of(run.arguments("search", "--set", "search.round-size=4")),
            spark.sparkContext().hadoopConfiguration(),
            60_000);

    assertThat(full.exitCode()).isEqualTo(3);
    assertThat(full.messages())
        .singleElement()
        .asString()
        .startsWith("Error: The disk is full (")
        .contains(run.output().toString())
        .endsWith("). Make room and start again: what is committed is kept.");
    assertThat(run.output().resolve("ranked")).doesNotExist();

    Ran again = Ran.of(run.arguments("search", "--set", "search.round-size=4"));

    assertThat(again.exitCode()).isZero();
    assertThat(again.results())
        .containsPattern("15 mixtures evaluated \\((4|8|12|11|7|3) now\\), 0 failed");
  }

  /** Not even root can write there. */
  @Test
  void saysThatThereIsNoPermissionToWrite() {
    Ran search = refused(3, run.arguments("search", "--set", "output=/proc/merge-to-mix"));
    assertThat(search.messages())
        .singleElement()
        .asString()
        .startsWith("Error: The output directory cannot be used: ")
        .contains("(/proc/merge-to-mix)");

    Ran export =
        refused(3, run.arguments("export", "--mixture", "a+b", "--to", "/proc/merge-to-mix/x"));
    assertThat(export.messages())
        .singleElement()
        .asString()
        .startsWith("Error: ")
        .contains("(/proc/merge-to-mix/x)");
  }

  @Test
  void takesNoPasswordInTheFolderOfAnExport() {
    Ran ran =
        refused(
            2, run.arguments("export", "--mixture", "a+b", "--to", "s3a://user:secret@bucket/x"));

    assertThat(ran.messages())
        .containsExactly(
            "Error: Option --to holds a password: give credentials to Spark, as spark.hadoop.*,"
                + " not here.");
  }

  @Test
  void saysThatAMixtureIsNone() {
    Ran ran = refused(2, run.arguments("export", "--mixture", "a++b", "--to", "x"));

    assertThat(ran.messages()).singleElement().asString().startsWith("Error: ").contains("a++b");
  }

  @Test
  void saysThatThereIsNothingToReport() {
    assertRefused(
        3,
        List.of(
            "There is no run in the output directory (%s). Run search first, or correct output."
                .formatted(run.output())),
        run.arguments("report"));
  }

  private void assertManifestRefused(String datasets, String what) throws IOException {
    String manifest = Files.readString(run.manifestFile());
    int begin = manifest.indexOf("datasets");
    int end = manifest.indexOf("tasks");
    Files.writeString(
        run.manifestFile(),
        manifest.substring(0, begin) + datasets + "\n" + manifest.substring(end));

    Ran ran = refused(2, run.arguments("search"));

    assertThat(ran.messages())
        .singleElement()
        .asString()
        .startsWith("Error: " + what + " (" + run.manifestFile());
    Files.writeString(run.manifestFile(), manifest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "search"})
  void refusesAModelWhosePrefixSumsNoExecutorCanHold(String command) {
    run.writeHugeBase(25_000_000_000L);

    List<String> arguments = new ArrayList<>(run.arguments(command));
    arguments.addAll(List.of("--set", "merge.buffers=8"));
    Ran ran = refused(2, arguments);

    assertThat(ran.messages().get(0))
        .startsWith("Error: The prefix sums of an executor are 558.8 GiB (slots: 2, prefixes: 3,")
        .contains("(merge.buffers). Even 1 does not fit: raise spark.driver.memory");
    assertThat(run.output()).doesNotExist();
  }

  private void assertRefused(int exitCode, List<String> messages, List<String> arguments) {
    assertThat(refused(exitCode, arguments).messages())
        .containsExactlyElementsOf(messages.stream().map("Error: "::concat).toList());
  }

  private Ran refused(int exitCode, List<String> arguments) {
    Ran ran = Ran.of(arguments);
    assertThat(ran.exitCode()).as(ran.errors()).isEqualTo(exitCode);
    assertThat(ran.results()).isEmpty();
    assertThat(ran.errors()).doesNotContain("\tat ");
    if (!Files.exists(run.output().resolve("run.json"))) {
      assertThat(run.output()).doesNotExist();
    }
    return ran;
  }

  /** A checkpoint with one tensor of another shape, one that is missing and one too many. */
  private static void writeWithOtherTensors(Path checkpoint) {
    SortedMap<String, TensorSpec> tensors = new TreeMap<>();
    try (SafetensorsFile file = SafetensorsFile.open(checkpoint)) {
      tensors.putAll(file.tensors());
    }
    tensors.remove("head.weight");
    for (String name : List.of("final_norm.weight", "extra")) {
      tensors.put(name, new TensorSpec(name, DType.F32, List.of(65L)));
    }
    SafetensorsWriter.write(
        checkpoint, tensors, Map.of(), (tensor, offset, destination, length) -> {});
  }
}
