package org.mergetomix.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.location.Location;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class ReplacedTableTest {

  private static final StructType SCHEMA = new StructType().add("n", DataTypes.IntegerType, false);

  @TempDir private Path folder;

  private ReplacedTable table;
  private SparkSession spark;

  @BeforeEach
  void open(SparkSession session) {
    spark = session;
    table = new ReplacedTable(session, Location.of(folder.resolve("ranked")), SCHEMA);
  }

  @Test
  void isOneFileAndNothingBeside() throws IOException {
    Files.createDirectories(folder.resolve("ranked"));
    Files.writeString(folder.resolve("ranked/part-00000-of-an-earlier-version.parquet"), "x");
    table.replace(session -> numbers(session, 3));
    table.replace(session -> numbers(session, 5).repartition(3));

    assertThat(names("ranked")).containsExactly("ranked.parquet");
    assertThat(names("")).containsExactly("ranked");
    assertThat(table.dataset().count()).isEqualTo(5);
    assertThat(spark.read().parquet(folder.resolve("ranked").toString()).count()).isEqualTo(5);
  }

  @Test
  void staysAsItWasWhereTheNextCannotBeWritten() throws IOException {
    table.replace(session -> numbers(session, 3));

    assertThatThrownBy(
            () -> table.replace(session -> numbers(session, 5).selectExpr("raise_error('no')")))
        .isInstanceOf(TableWriteException.class);

    assertThat(table.dataset().count()).isEqualTo(3);
    assertThat(names("")).containsExactly("ranked");
  }

  @Test
  void isReadAgainWhereItWasReplacedMeanwhile() {
    table.replace(session -> numbers(session, 3));
    List<Long> seen = new ArrayList<>();

    long found =
        table.read(
            rows -> {
              long before = rows.count();
              if (seen.isEmpty()) {
                table.replace(session -> numbers(session, 5000));
              }
              seen.add(before);
              return rows.count();
            });

    assertThat(found).isEqualTo(5000);
    assertThat(seen).containsExactly(3L, 5000L);
  }

  /** Break it: let {@code replace} write into the folder itself. */
  @Test
  void holdsOneGenerationWhileTwoWriters() throws Exception {
    table.replace(session -> numbers(session, 10));
    ExecutorService writers = Executors.newFixedThreadPool(2);
    List<Future<?>> written = new ArrayList<>();
    for (int size : List.of(10, 1000)) {
      written.add(
          writers.submit(
              () -> {
                for (int i = 0; i < 5; i++) {
                  table.replace(session -> numbers(session, size));
                }
              }));
    }
    writers.shutdown();
    while (!writers.isTerminated()) {
      long rows = table.read(Dataset::count);
      assertThat(rows).isIn(10L, 1000L);
    }
    for (Future<?> writer : written) {
      writer.get();
    }
    assertThat(names("ranked")).containsExactly("ranked.parquet");
  }

  private static Dataset<Row> numbers(SparkSession session, int size) {
    return session.createDataFrame(
        IntStream.range(0, size).mapToObj(number -> RowFactory.create(number)).toList(), SCHEMA);
  }

  private List<String> names(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(name))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
