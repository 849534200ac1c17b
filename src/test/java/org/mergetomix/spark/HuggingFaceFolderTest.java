package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.cache.FaultyFileSystem;
import org.mergetomix.family.Family;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.location.Location;
import org.mergetomix.memory.MemoryPlan;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.model.Precision;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.RankedRow;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.testing.HuggingFaceRun;
import org.mergetomix.testing.SparkSessionExtension;

/** A base that is a Hugging Face folder, from check to export. */
@ExtendWith(SparkSessionExtension.class)
class HuggingFaceFolderTest {

  private static final int BEGIN = 0;

  @TempDir private Path folder;

  private SparkSession spark;
  private HuggingFaceRun run;

  @BeforeEach
  void prepare(SparkSession session) {
    spark = session;
    run = HuggingFaceRun.of(folder.resolve("inputs"));
  }

  @Test
  void scoresEveryMixtureAsAPlainReadingOfItsExportDoes() {
    int context = 16;
    run.writeManifest("checkpoint = base, context = " + context);

    assertThat(check().search().possible()).isEqualTo(3);
    Map<String, Double> scores = scores();

    assertThat(scores).containsOnlyKeys("whole", "adapter", "adapter+whole");
    scores.forEach(
        (mixture, score) ->
            assertThat(score)
                .as(mixture)
                .isCloseTo(plainBitsPerByte(export(mixture), context), within(1e-5)));
    assertThat(scores.values()).doesNotHaveDuplicates();
  }

  @Test
  void readsAsFarAsTheModelDoesWhereNothingIsSaid() {
    assertThat(scores().get("whole"))
        .isCloseTo(plainBitsPerByte(export("whole"), 128), within(1e-5));
  }

  @Test
  void searchesInBfloat16() {
    String[] apart = {"evaluation.precision=bfloat16", "search.partition-size=1"};
    String[] together = {"evaluation.precision=bfloat16", "search.partition-size=100"};

    SearchAction.Result halves = search(apart);
    String again =
        search(with("output=" + folder.resolve("again"), together)).record().rankedDigest();
    UserException otherRun = catchThrowableOfType(UserException.class, this::search);
    Map<String, Double> floats = scores("output=" + folder.resolve("float32"));

    assertThat(halves.record().rankedDigest()).as("whichever slot evaluates what").isEqualTo(again);
    assertThat(halves.record().run().identity()).containsEntry("evaluation.precision", "bfloat16");
    assertThat(otherRun.problems().get(0).what()).contains("another run");
    halves
        .top()
        .forEach(
            row ->
                assertThat(row.score().value())
                    .as(row.mixture())
                    .isNotEqualTo(floats.get(row.mixture()))
                    .isCloseTo(
                        plainBitsPerByte(export(row.mixture()), 128, Precision.BFLOAT16),
                        within(1e-2)));
  }

  private static String[] with(String setting, String... settings) {
    return Stream.concat(Stream.of(setting), Stream.of(settings)).toArray(String[]::new);
  }

  @Test
  void decidesThePrecisionByWhatTasksAskFor() {
    String gpus = "spark.gpus-per-task=0.5";
    assertThat(plannedPrecision()).isEqualTo(Precision.FLOAT32);
    assertThat(plannedPrecision(gpus)).as("a base in float32").isEqualTo(Precision.FLOAT32);
    run.store(DType.BF16);
    assertThat(plannedPrecision()).as("a CPU").isEqualTo(Precision.FLOAT32);
    assertThat(plannedPrecision(gpus)).isEqualTo(Precision.BFLOAT16);
    assertThat(plannedPrecision(gpus, "evaluation.precision=float32")).isEqualTo(Precision.FLOAT32);

    MemoryPlan memory = check("evaluation.precision=bfloat16").memory();
    assertThat(memory.model()).isEqualTo(check().memory().model() / 2);
    assertThat(check(gpus).memory().modelsOnAGpu()).isEqualTo(2 * memory.model());
  }

  @Test
  void plansToMergeOnAGpuWhereThatIsAskedForAndPossible() {
    String[] gpus = {"spark.gpus-per-task=0.5", "merge.device=gpu"};
    RunPlan plan = RunPlan.of(spark, run.manifest(), run.configuration(gpus));

    assertThat(plan.identity()).containsEntry("merge.device", "gpu");
    MemoryPlan memory = check(gpus).memory();
    MemoryPlan onCpu = check(gpus[0]).memory();
    long model = onCpu.model();
    // The base and one whole expert, and an adapter of less.
    assertThat(memory.merging()).isBetween(2 * model, 3 * model);
    assertThat(memory.modelsOnAGpu()).isEqualTo(2 * (model + memory.merging()));
    assertThat(memory.sums()).isZero();
    assertThat(onCpu.merging()).isZero();

    assertThatThrownBy(() -> check("merge.device=gpu"))
        .hasMessage(
            "merge.device is gpu, but tasks ask Spark for none (spark.gpus-per-task). Set it to 1,"
                + " or merge.device to cpu.");
    assertThatThrownBy(() -> check(with("merge.method=ties", gpus)))
        .hasMessage(
            "merge.device is gpu, but ties density=0.2 lambda=1.0 mode=paper is not a weighted sum"
                + " of whole deltas (merge.method). Set merge.device to cpu, or merge by average,"
                + " linear or task-arithmetic without a lines.alpha or lines.beta that is"
                + " measured.");
  }

  private Precision plannedPrecision(String... settings) {
    return RunPlan.of(spark, run.manifest(), run.configuration(settings)).model().precision();
  }

  @Test
  void takesTiedTensorsUnderOneNameOrBoth() throws IOException {
    Map<String, Double> scores = scores();
    run.addHead(run.base(), 0);
    run.addHead(run.expert(HuggingFaceRun.WHOLE), 0);

    Map<String, Double> twice = scores("output=" + folder.resolve("twice"));

    assertThat(twice).isEqualTo(scores);
    try (Checkpoint exported = Checkpoints.open(export("adapter+whole"))) {
      float[] head = new float[64];
      float[] embedding = new float[64];
      exported.read("lm_head.weight", 0, head, 64);
      exported.read("model.embed_tokens.weight", 0, embedding, 64);
      assertThat(head).isEqualTo(embedding);
    }
  }

  @Test
  void readsAFolderInAStoreAsOneOfThisMachine() {
    Map<String, Double> here = scores();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    hadoop.set("fs.faulty.impl", FaultyFileSystem.class.getName());
    try {
      run.writeManifest("checkpoint = \"faulty://hub%s\"".formatted(run.base()));
      String cache = "cache.directory=" + folder.resolve("cache");

      assertThat(search(cache).evaluatedNow()).as("contents name a run, not places").isZero();
      assertThat(scores(cache, "output=" + folder.resolve("remote"))).isEqualTo(here);
      run.edit("config.json", "\"model_type\": \"llama\"", "\"model_type\": \"lama\"");
      assertThat(catchThrowableOfType(UserException.class, () -> search(cache)))
          .hasMessageContaining("faulty://hub%s/config.json".formatted(run.base()));
    } finally {
      hadoop.unset("fs.faulty.impl");
    }
  }

  @Test
  void drawsOneMaskForTwoNamesOfATensor() {
    run.addHead(run.base(), 0);
    run.addHead(run.expert(HuggingFaceRun.WHOLE), 0);

    Path exported = export("adapter+whole", "merge.method=dare-linear");

    try (Checkpoint merged = Checkpoints.open(exported)) {
      float[] head = new float[64 * 32];
      float[] embedding = new float[64 * 32];
      merged.read("lm_head.weight", 0, head, head.length);
      merged.read("model.embed_tokens.weight", 0, embedding, embedding.length);
      assertThat(head).isEqualTo(embedding);
    }
  }

  @Test
  void refusesCopiesOfATiedTensorThatDiffer() {
    run.addHead(run.base(), 1);

    assertThat(refused(ExitCode.INPUT))
        .containsExactly(
            "The base's tensor lm_head.weight differs from model.embed_tokens.weight, to which it"
                + " is tied (%s). If they are two, set tie_word_embeddings to false in"
                    .formatted(run.base())
                + " config.json, or leave the pair out of base.tied; otherwise save the base"
                + " again.");
  }

  @Test
  void evaluatesAgainOnlyWhatAnotherTokenizerOrConfigurationChanges() {
    scores();
    assertThat(search().evaluatedNow()).isZero();
    UserException otherRun;
    run.edit("config.json", "\"rms_norm_eps\": 1e-06", "\"rms_norm_eps\": 1e-03");
    otherRun = catchThrowableOfType(UserException.class, this::search);
    assertThat(otherRun.problems().get(0).what()).contains("another run");
    run.edit("config.json", "\"rms_norm_eps\": 1e-03", "\"rms_norm_eps\": 1e-06");
    assertThat(search().evaluatedNow()).isZero();
    run.edit("tokenizer.json", "\"add_prefix_space\": true", "\"add_prefix_space\": false");
    otherRun = catchThrowableOfType(UserException.class, this::search);
    assertThat(otherRun.problems().get(0).what()).contains("another run");
  }

  @Test
  void refusesAModelTypeThatNoGraphIsKnownForButExportsIt() {
    run.edit("config.json", "\"model_type\": \"llama\"", "\"model_type\": \"lama\"");

    assertThat(refused(ExitCode.INPUT))
        .singleElement()
        .asString()
        .startsWith("The model_type \"lama\" is not known (")
        .contains("Known: gemma, ");
    assertThat(export("whole")).isDirectory();
  }

  @Test
  void refusesAQuantisedBaseInCheckAndExport() {
    run.edit(
        "config.json",
        "\"model_type\"",
        "\"quantization_config\": {\"quant_method\": \"gptq\"}, \"model_type\"");

    String message = "The model is quantised with \"gptq\" (%s".formatted(run.base());
    assertThat(refused(ExitCode.INPUT)).singleElement().asString().startsWith(message);
    UserException export = catchThrowableOfType(UserException.class, () -> export("whole"));
    assertThat(export).hasMessageStartingWith(message);
    assertThat(export.exitCode()).isEqualTo(ExitCode.INPUT);
  }

  @Test
  void asksForATokenizer() throws IOException {
    Files.delete(run.base().resolve("tokenizer.json"));
    assertThat(refused(ExitCode.INPUT))
        .containsExactly(
            "The folder has no tokenizer.json (%s). Give the folder that save_pretrained of model"
                    .formatted(run.base())
                + " and tokenizer wrote.");

    Files.writeString(run.base().resolve("tokenizer.model"), "pieces");
    assertThat(refused(ExitCode.INPUT))
        .containsExactly(
            "The folder has tokenizer.model but no tokenizer.json (%s). Convert it with"
                    .formatted(run.base())
                + " transformers: AutoTokenizer.from_pretrained(folder).save_pretrained(folder).");
  }

  @Test
  void refusesATokenizerOfAnotherModel() {
    run.edit("tokenizer.json", "\"Ġ\": 28", "\"Ġ\": 28, \"ab\": 64");

    assertThat(refused(ExitCode.INPUT))
        .containsExactly(
            "The tokenizer has tokens up to 64, but the model's vocabulary ends at 63 (%s). Give"
                    .formatted(run.base().resolve("tokenizer.json"))
                + " the tokenizer that the model was trained with.");
  }

  @Test
  void refusesBytesForAModelOfOtherTokens() throws IOException {
    run.writeManifest("checkpoint = base, tokenizer = bytes");
    assertThat(refused(ExitCode.USAGE))
        .containsExactly(
            "base.tokenizer is bytes, but a tokenizer lies beside the base (%s). Leave"
                    .formatted(run.base().resolve("tokenizer.json"))
                + " base.tokenizer out of the manifest.");

    Files.delete(run.base().resolve("tokenizer.json"));
    assertThat(refused(ExitCode.USAGE))
        .containsExactly(
            "base.tokenizer is bytes, which are 259 tokens, but the base knows 64 (%s). Leave"
                    .formatted(run.base())
                + " base.tokenizer out of the manifest, and put the model's tokenizer.json beside"
                + " the base.");
  }

  @Test
  void refusesAContextBeyondThePositions() {
    run.writeManifest("checkpoint = base, context = 129");

    assertThat(refused(ExitCode.USAGE))
        .containsExactly(
            "base.context is 129, but the base has only 128 positions (%s). Lower base.context to"
                    .formatted(run.manifestFile())
                + " 128 or less, or leave it out.");
  }

  @Test
  void asksForAFolderOrAGraph() throws IOException {
    Files.delete(run.base().resolve("config.json"));

    assertThat(refused(ExitCode.INPUT))
        .singleElement()
        .asString()
        .startsWith("The base's folder has no config.json (%s). Give the".formatted(run.base()));
  }

  @Test
  void pointsFromAHubToAFolder() throws IOException {
    run.writeManifest("checkpoint = \"HuggingFaceTB/SmolLM2-135M\"");
    assertThat(refused(ExitCode.INPUT))
        .singleElement()
        .asString()
        .startsWith("The base's checkpoint does not exist (")
        .contains("snapshots/");

    Path cache = run.base().resolveSibling("models--x--y");
    Files.createDirectories(cache.resolve("snapshots"));
    run.writeManifest("checkpoint = \"models--x--y\"");
    assertThat(refused(ExitCode.INPUT)).singleElement().asString().contains("snapshots");
  }

  private CheckAction.Result check(String... settings) {
    return new CheckAction(spark, run.manifest(), run.configuration(settings)).run();
  }

  private List<String> refused(ExitCode code) {
    UserException refusal = catchThrowableOfType(UserException.class, this::check);
    assertThat(refusal).isNotNull();
    assertThat(refusal.exitCode()).isEqualTo(code);
    return refusal.problems().stream().map(problem -> problem.message()).toList();
  }

  private SearchAction.Result search(String... settings) {
    return new SearchAction(spark, run.manifest(), run.configuration(settings), Progress.SILENT)
        .run();
  }

  @Test
  void ranksByQuestionsWithChoicesAndReadsOtherMeasuresFromTheSameTable() throws IOException {
    writeQuestions("margin");

    SearchAction.Result byMargin = search();
    assertThat(byMargin.evaluatedNow()).isEqualTo(3);
    assertThat(byMargin.top().get(0).score().value()).isNotZero();
    assertThat(byMargin.record().search().objective().unit()).isEqualTo("nats");

    writeQuestions("acc_norm");
    SearchAction.Result byAccuracy = search();
    assertThat(byAccuracy.evaluatedNow()).as("all measures were recorded").isZero();
    assertThat(byAccuracy.record().search().objective().unit()).isEqualTo("accuracy");
    assertThat(byAccuracy.top()).allMatch(row -> isWhole(row.score().value() * 10));
  }

  @Test
  void ranksByWhatIsWrittenAndByLabels() throws IOException {
    writeQuestions("acc");
    Path manifest = run.manifestFile();
    String choices = Files.readString(manifest);
    String labels =
        choices
            .replace("kind = multiple-choice", "kind = classification")
            .replace("choices = options", "labels = [dog, cat, zebra]")
            .replace("answer = right", "label = right, shots = 2")
            .replace("measure = acc", "measure = nll");
    String written =
        choices
            .replace("kind = multiple-choice", "kind = exact-match, max-tokens = 9")
            .replace("context =", "prompt =")
            .replace("choices = options, ", "filter = \"[a-e]\", ")
            .replace("measure = acc", "measure = answered");

    Files.writeString(manifest, written);
    SearchAction.Result byWriting = search("output=" + folder.resolve("written"));
    assertThat(byWriting.evaluatedNow()).isEqualTo(3);
    assertThat(byWriting.record().search().objective().unit()).isEqualTo("share of answers");
    assertThat(byWriting.top()).allMatch(row -> isWhole(row.score().value() * 10));
    assertThat(search("output=" + folder.resolve("written")).evaluatedNow()).isZero();

    Files.writeString(manifest, labels);
    SearchAction.Result byLabels = search("output=" + folder.resolve("labels"));
    assertThat(byLabels.top()).allMatch(row -> row.score().value() > 0);
    assertThat(byLabels.record().search().objective().unit()).isEqualTo("nats");

    Files.writeString(manifest, written.replace("max-tokens = 9", "max-tokens = 128"));
    assertThat(refusal().problems().get(0).what())
        .isEqualTo("Task task lets the base write 128 tokens, but it sees only 128 at once");

    Files.writeString(manifest, written.replace("max-tokens", "layout = conversation, max-tokens"));
    assertThat(refusal().problems().get(0).what()).contains("chat template");
  }

  private UserException refusal() {
    UserException refusal = catchThrowableOfType(UserException.class, this::check);
    assertThat(refusal).isNotNull();
    return refusal;
  }

  private static boolean isWhole(double number) {
    return Math.abs(number - Math.rint(number)) < 1e-9;
  }

  private void writeQuestions(String measure) throws IOException {
    run.writeManifest("checkpoint = base");
    Path manifest = run.manifestFile();
    StringBuilder questions = new StringBuilder();
    for (int row = 0; row < 10; row++) {
      questions.append(
          "{\"question\": \"fox %s\", \"options\": [\"dog\", \"lazy cat\", \"zebra\"], \"right\": %s}\n"
              .formatted("x".repeat(row), row % 3));
    }
    Files.writeString(manifest.resolveSibling("questions.jsonl"), questions);
    Files.writeString(
        manifest,
        Files.readString(manifest)
            .replace(
                "kind = language-modelling, data = task.txt",
                "kind = multiple-choice, data = \"questions.*\", context = \"{question} is\","
                    + " choices = options, answer = right, measure = "
                    + measure));
  }

  private Map<String, Double> scores(String... settings) {
    return search(settings).top().stream()
        .collect(Collectors.toMap(RankedRow::mixture, row -> row.score().value()));
  }

  private Path export(String mixture, String... settings) {
    Path target = folder.resolve("exported-" + mixture);
    new ExportAction(spark, run.manifest(), run.configuration(settings))
        .run(Mixture.parse(mixture), Location.of(target));
    return target;
  }

  /** As lm-eval's loglikelihood_rolling, a window at a time, in plain double precision. */
  private double plainBitsPerByte(Path model, int context) {
    return plainBitsPerByte(model, context, Precision.FLOAT32);
  }

  private double plainBitsPerByte(Path model, int context, Precision precision) {
    double nats = 0;
    int bytes = 0;
    try (Checkpoint weights = Checkpoints.open(model)) {
      Family family = FamilyReader.ofBase(model, weights.tensors().keySet());
      try (FamilyModel live = FamilyModel.open(family, precision, ComputeDevice.CPU)) {
        live.fill(weights, "exported");
        for (String text : HuggingFaceRun.texts()) {
          int[] tokens = HuggingFaceRun.tokens(text);
          for (int first = 0; first < tokens.length; first += context) {
            int end = Math.min(first + context, tokens.length);
            nats += nats(live, tokens, Math.max(0, end - context), first, end);
          }
          bytes += text.length();
        }
      }
    }
    return nats / Math.log(2) / bytes;
  }

  private static double nats(FamilyModel model, int[] tokens, int from, int first, int end) {
    long[] inputs = new long[end - from];
    for (int i = from; i < end; i++) {
      inputs[i - from] = i == 0 ? BEGIN : tokens[i - 1];
    }
    double nats = 0;
    try (NDManager scope = model.newScope()) {
      float[] logits =
          model.logits(scope.create(inputs, new Shape(1, inputs.length)), scope).toFloatArray();
      for (int i = first; i < end; i++) {
        double sum = 0;
        for (int token = 0; token < 64; token++) {
          sum += Math.exp(logits[(i - from) * 64 + token]);
        }
        nats += Math.log(sum) - logits[(i - from) * 64 + tokens[i]];
      }
    }
    return nats;
  }
}
