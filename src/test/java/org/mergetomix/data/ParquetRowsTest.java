package org.mergetomix.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mergetomix.data.conversation.Conversation;
import org.mergetomix.data.conversation.Message;
import org.mergetomix.problem.UserException;

class ParquetRowsTest {

  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message rows {
            optional binary text (STRING);
            optional binary bytes;
            optional int96 time;
            optional group messages (LIST) {
              repeated group list {
                optional group element {
                  optional binary role (STRING);
                  optional binary content (STRING);
                }
              }
            }
          }
          """);

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(names = {"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD"})
  void readsTextsOfEveryCompression(CompressionCodecName compression) throws IOException {
    Path file = write(compression, text("one"), text(""), text("é"));

    DataRows<Example> read = read(file, Map.of("text", "text"));

    assertThat(read.rows())
        .extracting(row -> row.place().where() + " " + row.meaning())
        .containsExactly(file + ", row 1 PlainText[text=one]", file + ", row 3 PlainText[text=é]");
    assertThat(read.counts()).isEqualTo(new RowCounts(2, 1, 0));
  }

  @Test
  void readsListsOfMessages() throws IOException {
    Group row = new SimpleGroup(SCHEMA);
    Group messages = row.addGroup("messages");
    message(messages, "user", "hi");
    message(messages, "assistant", "yes");
    Path file = write(CompressionCodecName.SNAPPY, row);

    assertThat(read(file, Map.of()).rows())
        .extracting(DataRows.Placed::meaning)
        .containsExactly(
            new Example.Dialogue(
                new Conversation(
                    List.of(Message.of("user", "hi"), Message.of("assistant", "yes")))));
  }

  @Test
  void refusesWhatIsNoText() throws IOException {
    Group bytes = new SimpleGroup(SCHEMA);
    bytes.add("bytes", "raw");
    Path file = write(CompressionCodecName.SNAPPY, bytes, text("x"));

    assertThatThrownBy(() -> read(file, Map.of("text", "bytes")))
        .hasMessageContaining(
            "The column bytes must be a text, not binary (%s, row 1)".formatted(file))
        .hasMessageContaining(
            "The column bytes must be a text, not null (%s, row 2)".formatted(file));
  }

  @Test
  void saysThatAFileIsDamaged() throws IOException {
    byte[] bytes = Files.readAllBytes(write(CompressionCodecName.ZSTD, text("one")));
    Path cut = Files.write(directory.resolve("cut.parquet"), Arrays.copyOf(bytes, 40));
    byte[] changed = bytes.clone();
    Arrays.fill(changed, 4, 40, (byte) 0x7f);
    Path flipped = Files.write(directory.resolve("flipped.parquet"), changed);
    Path whole = Files.write(directory.resolve("x.parquet.gz"), bytes);

    for (Path file : List.of(cut, flipped)) {
      assertThatThrownBy(() -> read(file, Map.of()))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("The Parquet file is damaged: ")
          .hasMessageContaining(file.toString());
    }
    assertThatThrownBy(() -> read(whole, Map.of()))
        .hasMessageStartingWith("A Parquet file that is compressed as a whole cannot be read");
  }

  private static Group text(String text) {
    Group row = new SimpleGroup(SCHEMA);
    row.add("text", text);
    return row;
  }

  private static void message(Group messages, String role, String content) {
    Group element = messages.addGroup("list").addGroup("element");
    element.add("role", role);
    element.add("content", content);
  }

  private Path write(CompressionCodecName compression, Group... rows) throws IOException {
    Path file = directory.resolve(compression + ".parquet");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withConf(new PlainParquetConfiguration())
            .withType(SCHEMA)
            .withCompressionCodec(compression)
            .build()) {
      for (Group row : rows) {
        writer.write(row);
      }
    }
    return file;
  }

  private static DataRows<Example> read(Path file, Map<String, String> columns) {
    return ExampleRows.read(List.of(DataFile.of(file)), new RowColumns(new TreeMap<>(columns)));
  }
}
