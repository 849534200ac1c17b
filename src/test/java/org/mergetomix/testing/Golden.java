package org.mergetomix.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.StructType;

/** Compares a text with the one that was committed as right. */
public final class Golden {

  private Golden() {}

  /**
   * Fails unless the text is that of the file {@code name} beside the test's class. What was found
   * is kept under {@code target/golden}, to be looked at and copied when the change is meant.
   */
  public static void assertMatches(Class<?> test, String name, String found) {
    Path kept = Path.of("target", "golden", name);
    try (InputStream file = test.getResourceAsStream(name)) {
      Files.createDirectories(kept.getParent());
      Files.writeString(kept, found);
      assertThat(file).as("resource %s, whose text would be in %s", name, kept).isNotNull();
      assertThat(found)
          .as("If the change is meant, copy %s over the resource %s", kept, name)
          .isEqualTo(new String(file.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The columns of a table, a line each. */
  public static String text(StructType schema) {
    return Arrays.stream(schema.fields())
        .map(field -> field.name() + " " + field.dataType().sql())
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
