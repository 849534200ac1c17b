package org.mergetomix.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.memory.ExecutorMemory;
import org.mergetomix.memory.MemoryCheck;
import org.mergetomix.memory.MemoryPlan;
import org.mergetomix.memory.Prefixes;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.FileLayout;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.testing.SparkSessionExtension;

/**
 * What a Llama of 8 B parameters in bfloat16 with four experts needs, from files that have no bytes
 * on disk but their headers.
 */
@ExtendWith(SparkSessionExtension.class)
class LargeModelPlanTest {

  private static final long GIB = 1 << 30;

  private static final Path TOKENIZER =
      Path.of("src/test/resources/org/mergetomix/evaluation/lm-eval/bare");

  private static final String CONFIG =
      """
      {"model_type": "llama", "vocab_size": 128256, "hidden_size": 4096,
       "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
       "num_key_value_heads": 8, "max_position_embeddings": 131072, "rms_norm_eps": 1e-05,
       "tie_word_embeddings": false, "torch_dtype": "bfloat16",
       "rope_parameters": {"rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0,
        "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192}}
      """;

  @TempDir private Path folder;

  private SparkSession spark;

  @BeforeEach
  void prepare(SparkSession session) throws IOException {
    spark = session;
    for (String model : List.of("base", "a", "b", "c", "d")) {
      Files.createDirectories(folder.resolve(model));
      Files.writeString(folder.resolve(model).resolve("config.json"), CONFIG);
      writeSparse(folder.resolve(model));
    }
    Files.writeString(folder.resolve("task.txt"), "x".repeat(2048));
    Files.writeString(
        folder.resolve("manifest.conf"),
        """
        base { checkpoint = base }
        datasets = [ { id = a, expert = a }, { id = b, expert = b }
                     { id = c, expert = c }, { id = d, expert = d } ]
        tasks = [ { id = task, kind = language-modelling, data = task.txt } ]
        """);
  }

  private static void writeSparse(Path model) {
    SortedMap<String, TensorSpec> tensors = new TreeMap<>();
    FamilyReader.read(model.resolve("config.json"))
        .tensors()
        .forEach((name, shape) -> tensors.put(name, new TensorSpec(name, DType.BF16, shape)));
    FileLayout layout = FileLayout.of(tensors, Map.of());
    try (RandomAccessFile file =
        new RandomAccessFile(model.resolve("model.safetensors").toFile(), "rw")) {
      file.write(layout.header());
      file.setLength(layout.bytes());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  void needsFourBytesAParameterOnACpu() {
    assertThat(printed(cpu(2, 128 * GIB, 512 * GIB)))
        .isEqualTo(
            """
            One executor with 2 slots needs:
              base and experts     74.8 GiB  mapped, of 512.0 GiB of memory
              live models          59.8 GiB  2 x 29.9 GiB in float32
              prefix sums          59.8 GiB  2 x 1 of 29.9 GiB, of 128.0 GiB of direct memory
              texts of tasks        2.0 KiB  on disk
            """);
  }

  @Test
  void needsHalfOfItInBfloat16() {
    assertThat(printed(cpu(2, 128 * GIB, 512 * GIB), "evaluation.precision=bfloat16"))
        .isEqualTo(
            """
            One executor with 2 slots needs:
              base and experts     74.8 GiB  mapped, of 512.0 GiB of memory
              live models          29.9 GiB  2 x 15.0 GiB in bfloat16
              prefix sums          59.8 GiB  2 x 1 of 29.9 GiB, of 128.0 GiB of direct memory
              texts of tasks        2.0 KiB  on disk
            """);
  }

  /** Of 80 GB, which are 74.5 GiB. */
  @Test
  void hasFourModelsOnAGpu() {
    ExecutorMemory executor =
        new ExecutorMemory(ExecutorMemory.Kind.CONTAINER, 4, 4, 512 * GIB, 1024 * GIB, 512 * GIB);

    assertThat(printed(executor, "spark.gpus-per-task=0.25"))
        .isEqualTo(
            """
            One executor with 4 slots needs:
              base and experts     74.8 GiB  mapped, of 1.0 TiB of memory
              live models          59.8 GiB  4 x 15.0 GiB in bfloat16, each GPU 59.8 GiB beside\
             what it computes
              prefix sums         359.0 GiB  4 x 3 of 29.9 GiB, of 512.0 GiB of direct memory
              texts of tasks        2.0 KiB  on disk
            """);
  }

  @Test
  void goesWithoutSharedSumsWhereTheyHaveNoRoom() {
    MemoryPlan plan = plan(cpu(1, 16 * GIB, 64 * GIB));

    assertThat(plan.prefixes().kept()).isZero();
    assertThat(plan.warnings().get(1).message())
        .isEqualTo(
            "An executor has no room for prefix sums (slots: 1, each 29.9 GiB): every mixture is"
                + " summed from its first dataset on (merge.buffers). To share work between"
                + " mixtures, raise spark.executor.memory, or run fewer tasks at once.");
  }

  @Test
  void keepsNoSumsOfMixturesThatBeginUnlikeEachOther() {
    MemoryPlan plan = plan(cpu(2, 128 * GIB, 512 * GIB), "search.weights=example");

    assertThat(plan.prefixes()).isEqualTo(new Prefixes(0, 0, 0));
    assertThat(plan.warnings()).isEmpty();
  }

  /** A vote by elements needs a sum of its own. */
  @Test
  void hasRoomForTheSumsOfMixturesOfOtherWeights() {
    ExecutorMemory executor = cpu(1, 1024 * GIB, 2048 * GIB);
    String[] ties = {"merge.method=ties", "merge.mode=paper", "merge.buffers=1"};
    long equal = plan(executor, ties).prefixes().bytes();

    assertThat(plan(executor, with(ties, "search.ratios=refine")).prefixes().bytes())
        .isEqualTo(equal / 4 * 5);
  }

  private static String[] with(String[] settings, String other) {
    return Stream.concat(Stream.of(settings), Stream.of(other)).toArray(String[]::new);
  }

  /** A batch of 16 texts of 2,048 tokens: 32 layers of 8 heads of 128 features, twice. */
  @Test
  void keepsKeysAndValuesWhileAnswersAreWritten() throws IOException {
    for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
      Files.copy(TOKENIZER.resolve(file), folder.resolve("base").resolve(file));
    }
    Files.writeString(
        folder.resolve("manifest.conf"),
        Files.readString(folder.resolve("manifest.conf"))
            .replace("language-modelling", "exact-match"));

    assertThat(printed(cpu(2, 128 * GIB, 512 * GIB)))
        .contains(
            "  live models          59.8 GiB  2 x 29.9 GiB in float32\n"
                + "  keys and values      16.0 GiB  2 x 8.0 GiB at most, while answers are"
                + " written\n");
    assertThatThrownBy(() -> plan(cpu(2, 16 * GIB, 64 * GIB)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("are 59.8 GiB, its keys and values 16.0 GiB and its prefix sums 0 B")
        .hasMessageEndingWith("no merge.buffers will do, or lower evaluation.batch-size.");
    assertThat(plan(cpu(2, 16 * GIB, 64 * GIB), "evaluation.batch-size=4").remembered())
        .isEqualTo(2 * GIB);
  }

  @Test
  void isRefusedWhereTheModelsHaveNoRoom() {
    assertThatThrownBy(() -> plan(cpu(4, 16 * GIB, 64 * GIB)))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "The live models of an executor are 119.7 GiB and its prefix sums 0 B (slots: 4,"
                + " prefixes: 0, each 29.9 GiB), but its machine has 64.0 GiB of memory"
                + " (spark.executor.cores). Run fewer tasks at once, or use machines with more"
                + " memory; no merge.buffers will do.");
  }

  private static ExecutorMemory cpu(int slots, long direct, long physical) {
    return new ExecutorMemory(ExecutorMemory.Kind.STANDALONE, 0, slots, direct, physical, physical);
  }

  private String printed(ExecutorMemory executor, String... settings) {
    ByteArrayOutputStream results = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(results, true, StandardCharsets.UTF_8);
    MemoryTable.print(new Console(stream, stream, Console.Kind.LOG), plan(executor, settings));
    return results.toString(StandardCharsets.UTF_8);
  }

  private MemoryPlan plan(ExecutorMemory executor, String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("manifest=" + folder.resolve("manifest.conf"));
    Configuration configuration = Configuration.load(List.of(), all);
    try (InputFiles files = InputAccess.of(spark, configuration).open()) {
      return new MemoryCheck(spark, files, configuration)
          .plan(Manifest.read(folder.resolve("manifest.conf")), executor)
          .orElseThrow();
    }
  }
}
