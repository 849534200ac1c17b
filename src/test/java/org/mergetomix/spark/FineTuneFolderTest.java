package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;
import static org.mergetomix.executor.TrainingOutcome.Origin.GIVEN;
import static org.mergetomix.executor.TrainingOutcome.Origin.REUSED;
import static org.mergetomix.executor.TrainingOutcome.Origin.TAKEN_OVER;
import static org.mergetomix.executor.TrainingOutcome.Origin.TRAINED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.config.Configuration;
import org.mergetomix.executor.TrainingOutcome;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.expert.LoraDelta;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.location.Location;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.FidelityRow;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.testing.HuggingFaceRun;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

/** Fine-tuning from a Hugging Face folder: to folders that Hugging Face and PEFT read. */
@ExtendWith(SparkSessionExtension.class)
class FineTuneFolderTest {

  private static final String LORA = "training.method=lora";
  private static final String BASE_NAME = "\"base_model_name_or_path\" : \"%s\"";

  @TempDir private Path folder;

  private SparkSession spark;
  private HuggingFaceRun run;

  @BeforeEach
  void prepare(SparkSession session) {
    spark = session;
    run = HuggingFaceRun.of(folder.resolve("inputs"));
    run.writeTrainingManifest("checkpoint = base");
  }

  @Test
  void writesWhatTheBaseHasInItsTypesAndSearchesIt() throws IOException {
    run.storeBaseInBfloat16();

    assertThat(fineTune()).extracting(TrainingOutcome::origin).containsOnly(TRAINED);

    Path expert = run.expert("one");
    assertThat(files(expert)).isEqualTo(files(run.base()));
    for (String name : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
      assertThat(expert.resolve(name)).hasSameBinaryContentAs(run.base().resolve(name));
    }
    try (Checkpoint base = Checkpoints.open(run.base());
        Checkpoint trained = Checkpoints.open(expert)) {
      assertThat(trained.tensors()).isEqualTo(base.tensors());
      assertThat(trained.metadata()).containsEntry("format", "pt");
      assertThat(first(trained)).isNotEqualTo(first(base));
    }
    assertThat(scores()).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void writesBothNamesOfATiedTensorWhereTheBaseHasBoth() {
    run.addHead(run.base(), 0);

    fineTune();

    try (Checkpoint trained = Checkpoints.open(run.expert("one"))) {
      assertThat(read(trained, "lm_head.weight", 64)).isEqualTo(first(trained));
    }
  }

  @Test
  void trainsAgainOnlyWhatOtherInputsWouldChangeAndLeavesNoMixture() throws IOException {
    fineTune();
    Files.writeString(run.expert("one").resolve("stale.json"), "{}");

    assertThat(fineTune()).extracting(TrainingOutcome::origin).containsOnly(REUSED);
    assertThat(fineTune("training.steps=3"))
        .extracting(TrainingOutcome::origin)
        .containsOnly(TRAINED);
    assertThat(fineTune("training.steps=3", LORA))
        .extracting(TrainingOutcome::origin)
        .containsOnly(TRAINED);
    assertThat(files(run.expert("one")))
        .containsExactly("adapter_config.json", "adapter_model.safetensors");
    assertThat(fineTune("training.steps=3", LORA))
        .extracting(TrainingOutcome::origin)
        .containsOnly(REUSED);
    assertThat(fineTune("training.steps=3", LORA, "training.precision=bfloat16"))
        .extracting(TrainingOutcome::origin)
        .containsOnly(TRAINED);
    assertThat(fineTune("training.steps=3", LORA, "training.lora.rank=2"))
        .extracting(TrainingOutcome::origin)
        .containsOnly(TRAINED);
    assertThat(files(run.expert("one").getParent()))
        .containsExactly("adapter", "one", "two", "whole");
  }

  @Test
  void leavesFoldersThatTheUserBroughtAlone() throws IOException {
    HuggingFaceRun other = HuggingFaceRun.of(folder.resolve("other"));
    Files.createDirectories(run.expert("one").getParent());
    Files.move(other.expert(HuggingFaceRun.WHOLE), run.expert("one"));
    Files.move(other.expert(HuggingFaceRun.ADAPTER), run.expert("two"));

    assertThat(fineTune()).extracting(TrainingOutcome::origin).containsOnly(GIVEN);
  }

  @Test
  void writesAFileWhereTheNameIsAFiles() {
    run.writeTrainingManifest("checkpoint = base", ".safetensors");
    run.storeBaseInBfloat16();

    fineTune();

    Path expert = run.expert("one.safetensors");
    assertThat(expert).isRegularFile();
    try (Checkpoint base = Checkpoints.open(run.base());
        Checkpoint trained = SafetensorsFile.open(expert)) {
      assertThat(trained.tensors()).isEqualTo(base.tensors());
    }
    assertThat(scores()).hasSize(3);
  }

  @Test
  void writesAdaptersThatReadBackAsPeftsDo() throws IOException {
    fineTune(LORA, "training.lora.rank=4", "training.lora.target-modules=q_proj,mlp.up_proj");

    Path expert = run.expert("one");
    JsonNode written = new ObjectMapper().readTree(expert.resolve("adapter_config.json").toFile());
    JsonNode ofPeft =
        new ObjectMapper()
            .readTree(
                Path.of(
                        "src/test/resources/org/mergetomix/family/llama-tied/adapter/adapter_config.json")
                    .toFile());
    assertThat(written.path("r").asInt()).isEqualTo(4);
    assertThat(written.path("lora_alpha").asDouble()).isEqualTo(32);
    assertThat(written.path("target_modules").toString()).isEqualTo("[\"mlp.up_proj\",\"q_proj\"]");
    assertThat(written.path("base_model_name_or_path").asText()).isEqualTo("base");
    assertThat(names(ofPeft)).containsAll(names(written));
    try (Checkpoint base = Checkpoints.open(run.base());
        Delta delta = Delta.open(base, expert, ExpertPolicy.STRICT)) {
      assertThat(delta).isInstanceOf(LoraDelta.class);
      assertThat(delta.warnings()).isEmpty();
      assertThat(size(delta, "model.layers.0.self_attn.q_proj.weight")).isPositive();
      assertThat(size(delta, "model.layers.0.self_attn.k_proj.weight")).isZero();
    }
  }

  @Test
  void comparesSurrogatesOfAdaptersWithAdaptersReallyTrained() {
    fineTune(LORA);
    search(LORA);

    FidelityAction.Result fidelity =
        new FidelityAction(spark, run.manifest(), configuration(LORA), Progress.SILENT).run();

    Path both = run.output().resolve("models").resolve("one+two");
    assertThat(files(both)).containsExactly("adapter_config.json", "adapter_model.safetensors");
    RunDirectory directory =
        new RunDirectory(Location.of(run.output()), spark.sparkContext().hadoopConfiguration());
    List<FidelityRow> rows = directory.fidelity(spark).read();
    FidelityRow trained =
        rows.stream().filter(row -> row.mixture().equals("one+two")).findFirst().orElseThrow();
    FidelityRow base =
        rows.stream().filter(row -> row.role().equals("base")).findFirst().orElseThrow();
    assertThat(trained.real().value()).isNotEqualTo(base.real().value());
    assertThat(trained.real().value())
        .as("a surrogate of so short trainings is near")
        .isCloseTo(trained.surrogate().value(), within(0.05));
    assertThat(fidelity.record().counts().trained()).isPositive();
  }

  @Test
  void keepsWholeModelsReallyTrainedAsFolders() {
    fineTune();
    search();

    new FidelityAction(spark, run.manifest(), configuration(), Progress.SILENT).run();

    assertThat(files(run.output().resolve("models").resolve("one+two")))
        .isEqualTo(files(run.base()));
  }

  @Test
  void refusesATargetThatTheFamilyLacksBeforeAnythingIsTrained() {
    String[] settings = {LORA, "training.lora.target-modules=q_proj,c_attn"};

    assertThat(refused(ExitCode.USAGE, () -> fineTune(settings)))
        .containsExactly(
            "training.lora.target-modules has c_attn, but the base, of type llama, has no such"
                + " linear layer (%s). Choose from down_proj, gate_proj, k_proj, o_proj, q_proj,"
                    .formatted(run.base())
                + " up_proj, v_proj, or all-linear.");
    assertThat(
            refused(
                ExitCode.USAGE,
                () -> new CheckAction(spark, run.manifest(), configuration(settings)).run()))
        .singleElement()
        .asString()
        .contains("has c_attn");
    assertThat(run.expert("one")).doesNotExist();
  }

  @Test
  void refusesAnAdapterWhereAFileIsWanted() {
    run.writeTrainingManifest("checkpoint = base", ".safetensors");

    assertThat(refused(ExitCode.USAGE, () -> fineTune(LORA)))
        .hasSize(2)
        .first()
        .asString()
        .startsWith("training.method is lora, which writes folders, but the expert of dataset one");
  }

  @Test
  void refusesAdaptersOfAGraphOfOnesOwn() {
    SmallRun own = SmallRun.withoutExperts(folder.resolve("own"));

    assertThat(
            refused(
                ExitCode.USAGE,
                () ->
                    new FineTuneAction(
                            spark, own.manifest(), own.configuration(LORA), Progress.SILENT)
                        .run()))
        .anySatisfy(
            message ->
                assertThat(message)
                    .startsWith("training.method is lora, but the base has a graph of its own"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "lora"})
  void takesOverFoldersAndAdaptersWithTheSameBytesButForTheNameOfTheBase(String method)
      throws IOException {
    String setting = "training.method=" + method;
    fineTune(setting);
    search(setting);
    HuggingFaceRun other = HuggingFaceRun.of(folder.resolve("other"));
    Files.move(other.base(), other.base().resolveSibling("start"));
    other.writeTrainingManifest("checkpoint = start");
    Configuration reusing =
        configuration(setting, "search.reuse=" + run.output(), "manifest=" + other.manifestFile());

    List<TrainingOutcome> outcomes =
        new FineTuneAction(spark, other.manifest(), reusing, Progress.SILENT).run().outcomes();

    assertThat(outcomes).extracting(TrainingOutcome::origin).containsOnly(TAKEN_OVER);
    assertThat(files(other.expert("one"))).isEqualTo(files(run.expert("one")));
    for (String file : files(run.expert("one"))) {
      Path given = run.expert("one").resolve(file);
      Path taken = other.expert("one").resolve(file);
      if (file.equals("adapter_config.json")) {
        String there = Files.readString(given);
        assertThat(there).contains(BASE_NAME.formatted("base"));
        assertThat(taken)
            .content()
            .isEqualTo(there.replace(BASE_NAME.formatted("base"), BASE_NAME.formatted("start")));
      } else {
        assertThat(taken).hasSameBinaryContentAs(given);
      }
    }
  }

  @Test
  void refusesAFolderThatIsNoExpert() throws IOException {
    Files.createDirectories(run.expert("one"));
    Files.createDirectories(run.expert("two"));
    Files.writeString(run.expert("two").resolve("notes.txt"), "keep me");

    assertThat(refused(ExitCode.INPUT, this::fineTune))
        .containsExactly(
            "The folder is there, but holds no model and no adapter (%s). Choose another place for"
                    .formatted(run.expert("two"))
                + " what is fine-tuned on two, or remove the folder.");
    assertThat(run.expert("two").resolve("notes.txt")).hasContent("keep me");

    Files.delete(run.expert("two").resolve("notes.txt"));
    assertThat(fineTune()).extracting(TrainingOutcome::origin).containsOnly(TRAINED);
  }

  private List<String> refused(ExitCode code, Runnable action) {
    UserException refusal = catchThrowableOfType(UserException.class, action::run);
    assertThat(refusal).isNotNull();
    assertThat(refusal.exitCode()).isEqualTo(code);
    return refusal.problems().stream().map(problem -> problem.message()).toList();
  }

  private List<TrainingOutcome> fineTune(String... settings) {
    return new FineTuneAction(spark, run.manifest(), configuration(settings), Progress.SILENT)
        .run()
        .outcomes();
  }

  private List<Double> scores() {
    return search().top().stream().map((RankedRow row) -> row.score().value()).toList();
  }

  private SearchAction.Result search(String... settings) {
    return new SearchAction(spark, run.manifest(), configuration(settings), Progress.SILENT).run();
  }

  private Configuration configuration(String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "training.steps=2",
                "training.batch-size=2",
                "training.warmup-steps=1",
                "fidelity.mixtures=3",
                "fidelity.bootstrap-samples=20"));
    all.addAll(List.of(settings));
    return run.configuration(all.toArray(String[]::new));
  }

  private static List<String> names(JsonNode json) {
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static float[] first(Checkpoint checkpoint) {
    return read(checkpoint, "model.embed_tokens.weight", 64);
  }

  private static float[] read(Checkpoint checkpoint, String tensor, int length) {
    float[] values = new float[length];
    checkpoint.read(tensor, 0, values, length);
    return values;
  }

  private static double size(Delta delta, String tensor) {
    float[] values = new float[(int) delta.tensors().get(tensor).elements()];
    delta.read(tensor, 0, values, values.length);
    double sum = 0;
    for (float value : values) {
      sum += Math.abs(value);
    }
    return sum;
  }

  private static List<String> files(Path directory) {
    try (Stream<Path> found = Files.list(directory)) {
      return found.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
