package org.mergetomix.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.problem.UserException;

class SliceRowsTest {

  @TempDir Path folder;

  private DataFile file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    return DataFile.of(file);
  }

  /** The rows of all slices of a length, each with the byte where it begins. */
  private static List<String> sliced(DataFile file, long length, long step) {
    List<String> rows = new ArrayList<>();
    for (long from = 0; from < length; from += step) {
      try (SliceRows slice = new SliceRows(file, from, Math.min(length, from + step))) {
        while (slice.next()) {
          rows.add(
              slice.position()
                  + " "
                  + slice.<String>read(row -> row.isBlank() ? "" : row.text("text")));
        }
      }
    }
    return rows;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 7, 11, 100})
  void haveEveryRowOnceWhereverTheFileIsCut(long step) throws IOException {
    String text = "\uFEFFone\ntwo\r\n\rfour\r\n\r\nñandú\n\n\uFEFFeight";
    DataFile file = file("rows.txt", text);

    List<String> rows = sliced(file, text.getBytes(StandardCharsets.UTF_8).length, step);

    assertThat(rows)
        .containsExactly(
            "0 one", "7 two", "12 ", "13 four", "19 ", "21 ñandú", "29 ", "30 \uFEFFeight");
  }

  @Test
  void tellTheByteOfARowThatIsRefusedAndItsLineOnceCounted() throws IOException {
    String good = "{\"text\": \"a\"}\n";
    DataFile file = file("rows.jsonl", good + good + "{\"text\": 3}\n" + good);

    try (SliceRows slice = new SliceRows(file, good.length() + 1L, 100)) {
      assertThat(slice.next()).isTrue();
      assertThatThrownBy(() -> slice.read(row -> row.text("text")))
          .isInstanceOf(UserException.class)
          .hasMessageContaining(SliceRows.where(file.name(), 2L * good.length()))
          .hasMessageContaining("must be a text, not number");
      assertThat(slice.next()).isTrue();
      assertThat(slice.<String>read(row -> row.text("text"))).isEqualTo("a");
      assertThat(slice.next()).isFalse();
    }
    long begins = 2L * good.length();
    assertThat(SliceRows.lines(file, new TreeSet<>(List.of(0L, begins, begins + 1))))
        .containsExactly(Map.entry(0L, file.name() + ":1"), Map.entry(begins, file.name() + ":3"));
  }

  @Test
  void tellBytesThatAreNoText() throws IOException {
    Path file = folder.resolve("rows.txt");
    Files.write(file, new byte[] {'a', '\n', 'b', '\n', (byte) 0xFF, '\n'});

    try (SliceRows slice = new SliceRows(DataFile.of(file), 3, 6)) {
      assertThat(slice.next()).isTrue();
      assertThatThrownBy(() -> slice.read(row -> row))
          .hasMessageContaining("Not UTF-8")
          .hasMessageContaining("rows.txt, byte 4");
    }
  }
}
