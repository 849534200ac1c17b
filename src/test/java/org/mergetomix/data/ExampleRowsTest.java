package org.mergetomix.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.data.conversation.Conversation;
import org.mergetomix.data.conversation.Message;
import org.mergetomix.problem.UserException;

class ExampleRowsTest {

  @TempDir private Path directory;

  @Test
  void readsEveryKindOfRow() throws IOException {
    assertThat(read(write("t.jsonl", "{\"text\": \"a\\nb\", \"id\": 1}")))
        .containsExactly(new Example.PlainText("a\nb"));
    assertThat(read(write("p.jsonl", "{\"prompt\": \"\", \"completion\": \"c\"}")))
        .containsExactly(new Example.Completion("", "c"));
    assertThat(
            read(
                write(
                    "m.jsonl",
                    """
                    {"messages": [{"role": "user", "content": "hi"},
                    """
                            .strip()
                        + "{\"role\": \"assistant\", \"content\": \"yes\"}]}")))
        .containsExactly(
            new Example.Dialogue(
                new Conversation(
                    List.of(Message.of("user", "hi"), Message.of("assistant", "yes")))));
  }

  @Test
  void readsColumnsAsTheManifestNamesThem() throws IOException {
    Path file = write("t.jsonl", "{\"body\": \"a\", \"text\": \"no\", \"meta\": {\"t\": \"b\"}}");

    assertThat(read(file, Map.of("text", "body"))).containsExactly(new Example.PlainText("a"));
    assertThat(read(file, Map.of("text", "meta.t"))).containsExactly(new Example.PlainText("b"));
    assertThat(read(file, Map.of("prompt", "text", "completion", "body")))
        .containsExactly(new Example.Completion("no", "a"));
  }

  @Test
  void readsWhatIsCompressed() throws IOException {
    byte[] bytes = "{\"text\": \"é\"}\n".getBytes(StandardCharsets.UTF_8);
    Path gzip = directory.resolve("t.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gzip))) {
      out.write(bytes);
    }
    Path zstd = directory.resolve("t.jsonl.zst");
    try (OutputStream out = new ZstdOutputStream(Files.newOutputStream(zstd))) {
      out.write(bytes);
    }

    assertThat(read(gzip)).containsExactly(new Example.PlainText("é"));
    assertThat(read(zstd)).containsExactly(new Example.PlainText("é"));
  }

  @Test
  void saysThatCompressedDataIsDamaged() throws IOException {
    Path whole = directory.resolve("whole.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(whole))) {
      out.write("one\n".repeat(1000).getBytes(StandardCharsets.UTF_8));
    }
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = Files.write(directory.resolve("cut.gz"), Arrays.copyOf(bytes, bytes.length - 12));
    Path other = write("other.gz", "no gzip");
    Path zstd = write("other.zst", "no zstd");

    assertRefused(cut, "The compressed data is damaged: it ends too early (%s)");
    assertRefused(other, "The compressed data is damaged: Not in GZIP format (%s)");
    assertThatThrownBy(() -> read(zstd))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("The compressed data is damaged: ");
  }

  @Test
  void tellsEveryRowThatDoesNotFitWithItsLine() throws IOException {
    Path file =
        write(
            "t.jsonl",
            "{\"text\": \"a\"}",
            "",
            "{\"text\": 7}",
            "{\"body\": \"a\"}",
            "{\"text\": \"a\", \"text\": \"b\"}",
            "[1]",
            "{\"text\": null}",
            "{\"text\": \"\\ud800\"}",
            "{\"messages\": []}",
            "{\"text\": \"a\"} x",
            "{\"text\": " + "[".repeat(100) + "]".repeat(100) + "}");

    assertThatThrownBy(() -> read(file))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> {
              assertThat(refusal.problems())
                  .extracting(problem -> problem.where().replace(file + ":", ""))
                  .containsExactly("3", "4", "5", "6", "7", "8", "9", "10", "11");
              assertThat(refusal.problems())
                  .extracting(problem -> problem.what().replaceAll("'|\\(.*", ""))
                  .containsSubsequence(
                      "The column text must be a text, not number",
                      "The row has no column text",
                      "Not JSON: Duplicate field text",
                      "The row is not an object but array",
                      "The column text must be a text, not null",
                      "The column text has half a character",
                      "The row has messages, but those before it text");
            });
  }

  @Test
  void doesNotGuessWhatRowsMean() throws IOException {
    Path both = write("b.jsonl", "{\"text\": \"a\", \"messages\": []}");
    Path none = write("n.jsonl", "{\"body\": \"a\"}");

    assertThatThrownBy(() -> read(both))
        .hasMessage(
            "The row has text, and also messages (%s:1). Say in the manifest which is meant, as"
                    .formatted(both)
                + " text = \"text\".");
    assertThatThrownBy(() -> read(none))
        .hasMessageStartingWith(
            "The row has neither text, nor prompt and completion, nor messages (%s:1)"
                .formatted(none));
  }

  @Test
  void countsWhatIsEmptyAndWhatIsDouble() throws IOException {
    Path file =
        write(
            "p.jsonl",
            "{\"prompt\": \"p\", \"completion\": \"a\"}",
            "",
            "{\"prompt\": \"p\", \"completion\": \"\"}",
            "{\"prompt\": \"p\", \"completion\": \"a\"}",
            "{\"prompt\": \"q\", \"completion\": \"a\"}");

    DataRows<Example> read = ExampleRows.read(List.of(DataFile.of(file)), RowColumns.UNSAID);

    assertThat(read.counts()).isEqualTo(new RowCounts(3, 2, 1));
    assertThat(read.rows()).extracting(row -> row.place().number()).containsExactly(1L, 4L, 5L);
    assertThat(read.counts().warnings("es"))
        .extracting(problem -> problem.message())
        .containsExactly(
            "2 rows are empty, and left out (es).",
            "1 row is there before, word for word, and kept (es). Take them out if they are there"
                + " by mistake.");
  }

  @Test
  void readsFilesTogetherAndRefusesMixedKinds() throws IOException {
    Path text = write("t.txt", "one");
    Path rows = write("t.jsonl", "{\"text\": \"two\"}");
    Path pairs = write("p.jsonl", "{\"prompt\": \"p\", \"completion\": \"a\"}");

    assertThat(ExampleRows.read(files(text, rows), RowColumns.UNSAID).rows())
        .extracting(row -> row.place().where())
        .containsExactly(text + ":1", rows + ":1");
    assertThatThrownBy(() -> ExampleRows.read(files(text, pairs), RowColumns.UNSAID))
        .hasMessage(
            "The row has prompt and completion, but those before it text (%s:1). Keep rows of one"
                    .formatted(pairs)
                + " kind together.");
  }

  private static List<DataFile> files(Path... files) {
    return Arrays.stream(files).map(DataFile::of).toList();
  }

  private static List<Example> read(Path file) {
    return read(file, Map.of());
  }

  private static List<Example> read(Path file, Map<String, String> columns) {
    return ExampleRows.read(files(file), new RowColumns(new TreeMap<>(columns))).rows().stream()
        .map(DataRows.Placed::meaning)
        .toList();
  }

  private Path write(String name, String... lines) throws IOException {
    return Files.writeString(directory.resolve(name), String.join("\n", lines));
  }

  private static void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(message.formatted(file));
  }
}
