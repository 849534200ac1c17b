package org.mergetomix.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.family.Family;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.merge.FactoredExperts;
import org.mergetomix.merge.MergeMethod;
import org.mergetomix.merge.MergeSettings;
import org.mergetomix.merge.Method;
import org.mergetomix.merge.PreparedExperts;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.testing.SparkSessionExtension;
import org.mergetomix.training.LowRank;

/** Where a worker is given the factors of experts. */
@ExtendWith(SparkSessionExtension.class)
class MemoryCheckTest {

  private static final long GIB = 1 << 30;
  private static final int RANK = 3;
  private static final Path MODEL =
      Path.of("src/test/resources/org/mergetomix/family/llama-tied").toAbsolutePath();
  private static final Path ADAPTERS =
      Path.of("src/test/resources/org/mergetomix/expert/peft").toAbsolutePath();

  @TempDir private Path folder;

  private SparkSession spark;

  @BeforeEach
  void prepare(SparkSession session) throws IOException {
    spark = session;
    Files.writeString(folder.resolve("task.txt"), "x".repeat(64));
  }

  /** Packed experts whose tensors the base has apart take their first factor once for each. */
  @ParameterizedTest
  @ValueSource(strings = {"all-linear", "packed-experts", "experts-in-files", "saved-by-ending"})
  void countsWhatAnAdapterAdds(String name) {
    Path adapter = ADAPTERS.resolve(name);

    assertThat(factors(adapter.resolve("base.safetensors"), adapter, "nothing"))
        .isEqualTo(Float.BYTES * added(adapter))
        .isPositive();
  }

  @Test
  void countsTheFactorsThatAMissingExpertWillHave() {
    long there = factors(MODEL, MODEL.resolve("adapter"), "nothing");
    long some = factors(MODEL, MODEL.resolve("adapter"), "q_proj,mlp.down_proj");
    long all = factors(MODEL, MODEL.resolve("adapter"), "all-linear");

    assertThat(some - there).isEqualTo(factors(List.of("q_proj", "mlp.down_proj"))).isPositive();
    assertThat(all - there).isGreaterThan(factors(List.of()));
  }

  private static long factors(List<String> targets) {
    Family family = FamilyReader.read(MODEL.resolve("config.json"));
    return Float.BYTES
        * new LowRank(RANK, 1, targets)
            .tensors(family).values().stream().mapToLong(TensorSpec::elements).sum();
  }

  private static long added(Path adapter) {
    try (Checkpoint base = Checkpoints.open(adapter.resolve("base.safetensors"));
        Delta delta = Delta.open(base, adapter, ExpertPolicy.STRICT)) {
      PreparedExperts experts =
          PreparedExperts.of(
              base,
              Map.of("a", new PreparedExperts.Expert("a", delta)),
              MergeMethod.of(MergeSettings.of(Method.AVERAGE), 1));
      return FactoredExperts.of(experts).addends().stream()
          .mapToLong(MemoryCheckTest::numbers)
          .sum();
    }
  }

  private static long numbers(FactoredExperts.Addend addend) {
    if (addend instanceof FactoredExperts.Product product) {
      return product.factors().rank() * (product.factors().rows() + product.factors().columns());
    }
    return ((FactoredExperts.Elements) addend).count();
  }

  /** Of an adapter, and of an expert that is missing, of which some layers will be updated. */
  private long factors(Path base, Path adapter, String targets) {
    List<String> all =
        List.of(
            "evaluation.engine=worker",
            "worker.experts=factors",
            "worker.shared-memory=" + folder,
            "training.method=lora",
            "training.lora.rank=" + RANK,
            "training.lora.target-modules=%s".formatted(targets),
            "manifest=" + manifest(base, adapter));
    Configuration configuration = Configuration.load(List.of(), all);
    ExecutorMemory executor =
        new ExecutorMemory(ExecutorMemory.Kind.STANDALONE, 0, 1, GIB, GIB, GIB);
    try (InputFiles files = InputAccess.of(spark, configuration).open()) {
      return new MemoryCheck(spark, files, configuration)
          .plan(Manifest.read(folder.resolve("manifest.conf")), executor)
          .orElseThrow()
          .shared()
          .orElseThrow()
          .factors();
    }
  }

  private Path manifest(Path base, Path adapter) {
    try {
      return Files.writeString(
          folder.resolve("manifest.conf"),
          """
          base { checkpoint = "%s", context = 16 }
          datasets = [ { id = one, expert = "%s" }, { id = two, expert = missing } ]
          tasks = [ { id = task, kind = language-modelling, data = task.txt } ]
          """
              .formatted(base, adapter));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
