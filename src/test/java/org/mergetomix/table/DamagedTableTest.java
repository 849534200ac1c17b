package org.mergetomix.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.output.Failures;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Estimate;
import org.mergetomix.testing.EvaluationRows;
import org.mergetomix.testing.SparkSessionExtension;

/** Parts of tables that are not what was written. */
@ExtendWith(SparkSessionExtension.class)
class DamagedTableTest {

  private static final int PLACES = 24;

  @TempDir private Path folder;

  private EvaluationsTable table;
  private Path part;

  @BeforeEach
  void write(SparkSession spark, JavaSparkContext context) throws IOException {
    table = new EvaluationsTable(spark, Location.of(folder.resolve("evaluations")));
    double[] scores = new Random(1).doubles(500).toArray();
    EvaluationRow row = EvaluationRows.scored(Mixture.subset(List.of("a")), scores);
    table.append("exhaustive", 1, context.parallelize(List.of(row), 1));
    part = onlyPart();
  }

  /** As stores do it, without a checksum file of Hadoop's beside each part. */
  private Path onlyPart() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> all = files.filter(Files::isRegularFile).toList();
      for (Path file : all) {
        if (file.toString().endsWith(".crc")) {
          Files.delete(file);
        }
      }
      return all.stream().filter(file -> file.toString().endsWith(".parquet")).findFirst().get();
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.2, 0.9})
  void saysWhichRoundIsDamagedWhereItIsCutOff(double share) throws IOException {
    byte[] bytes = Files.readAllBytes(part);
    Files.write(part, Arrays.copyOf(bytes, (int) (share * bytes.length)));

    assertDamaged();
  }

  /** Example scores hardly compress: only the checksum of the page sees that one has changed. */
  @ParameterizedTest
  @ValueSource(doubles = {0.2, 0.3})
  void saysWhichRoundIsDamagedWhereABitIsFlipped(double place) throws IOException {
    byte[] bytes = Files.readAllBytes(part);
    bytes[(int) (place * bytes.length)] ^= 1;
    Files.write(part, bytes);

    assertDamaged();
  }

  /** Some bytes mean nothing, and a flip in a page's length or a column's name may be read past. */
  @Test
  void neverReadsOtherNumbers() throws IOException {
    List<EvaluationRow> written = table.read().rows().collect();
    byte[] bytes = Files.readAllBytes(part);
    for (int i = 1; i <= PLACES; i++) {
      byte[] flipped = bytes.clone();
      flipped[i * (bytes.length - 1) / PLACES] ^= 4;
      Files.write(part, flipped);
      try {
        assertThat(table.read().rows().collect()).as("%d of %d", i, PLACES).isEqualTo(written);
      } catch (Exception damaged) {
        assertThat(Failures.mendable(damaged)).as("%d of %d: %s", i, PLACES, damaged).isPresent();
      }
    }
  }

  private void assertDamaged() {
    Throwable failure = catchThrowable(() -> table.read().rows().collect());

    assertThat(Failures.mendable(failure))
        .hasValueSatisfying(
            mendable -> {
              assertThat(mendable.exitCode()).isEqualTo(ExitCode.INPUT);
              assertThat(mendable)
                  .hasMessage(
                      "A file of a table is damaged (%s)."
                          + " Delete the round, %s, and search again: what it holds is evaluated"
                          + " again.",
                      part, part.getParent());
            });
  }

  @Test
  void saysWhatWritesTheOtherTablesAgain(SparkSession spark) throws IOException {
    FidelityTable fidelity = new FidelityTable(spark, Location.of(folder.resolve("fidelity")));
    Estimate score = new Estimate(1, 0.5);
    fidelity.write(List.of(FidelityRow.once("a", "spread", score, score, score, "a.model")));
    Path file = folder.resolve("fidelity/fidelity.parquet");
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 100));

    assertThat(Failures.mendable(catchThrowable(fidelity::read)))
        .get()
        .extracting(UserException::getMessage)
        .isEqualTo(
            "A file of a table is damaged (%s). Run the command that wrote it again: search for"
                    .formatted(file)
                + " ranked, fidelity for fidelity.");
  }
}
