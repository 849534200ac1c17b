package org.mergetomix.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartialFileTest {

  private static final byte[] CONTENT = CacheFixture.content(350, 1);

  @TempDir Path folder;
  private Path data;
  private Path list;

  @BeforeEach
  void begin() {
    data = folder.resolve("data");
    list = folder.resolve("list");
  }

  @Test
  void goesOnWhereItStopped() throws IOException {
    write(2, 0);

    assertThat(finished(350, 100)).isEqualTo(bits(0, 2));
    assertThat(PartialFile.plan(list)).isEqualTo(new PartialFile.Plan(350, 200));
    write(3, 1);
    assertThat(finished(350, 100)).isEqualTo(bits(0, 1, 2, 3));
    assertThat(data).hasBinaryContent(CONTENT);
  }

  @Test
  void beginsAnewForAnotherLengthOrChunkSize() throws IOException {
    write(0, 1);
    assertThat(finished(351, 100)).isEqualTo(bits());
    assertThat(data).isEmptyFile();

    begin();
    write(0, 1);
    assertThat(finished(350, 50)).isEqualTo(bits());
  }

  @Test
  void doesNotCountAChunkWhoseBytesAreNotThere() throws IOException {
    write(0, 1, 2);
    overwrite(data, 130, (byte) 77);
    assertThat(finished(350, 100)).isEqualTo(bits(0, 2));

    Files.write(data, Arrays.copyOf(CONTENT, 50));
    assertThat(finished(350, 100)).isEqualTo(bits());
  }

  @Test
  void dropsAListFromWhereItIsTorn() throws IOException {
    write(0, 1, 2);
    long size = Files.size(list);
    byte[] whole = Files.readAllBytes(list);
    for (int lost = 1; lost < 12; lost++) {
      Files.write(list, Arrays.copyOf(whole, (int) size - lost));
      assertThat(finished(350, 100)).isEqualTo(bits(0, 1));
      assertThat(list).hasSize(size - 12);
    }
    overwrite(list, size - 13, (byte) (whole[(int) size - 13] + 1));
    assertThat(finished(350, 100)).isEqualTo(bits(0));
    write(3, 1);
    assertThat(finished(350, 100)).isEqualTo(bits(0, 1, 3));
  }

  @Test
  void beginsAnewWhenTheListIsNone() throws IOException {
    write(0);
    Files.write(list, CacheFixture.content(100, 2));

    assertThat(PartialFile.plan(list)).isEqualTo(new PartialFile.Plan(0, 0));
    assertThat(PartialFile.plan(folder.resolve("missing"))).isEqualTo(new PartialFile.Plan(0, 0));
    assertThat(finished(350, 100)).isEqualTo(bits());
  }

  @Test
  void refusesToCallAShortFileWhole() throws IOException {
    try (PartialFile partial = PartialFile.open(data, list, 350, 100)) {
      partial.write(0, CONTENT);
      assertThatThrownBy(partial::force).hasMessage("The copy has 100 bytes in place of 350");
    }
  }

  @Test
  void doesNotFollowLinks() throws IOException {
    Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "precious");
    Files.createSymbolicLink(data, elsewhere);

    assertThatThrownBy(() -> finished(350, 100))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Too many levels of symbolic links");
    assertThat(elsewhere).hasContent("precious");
  }

  private void write(int... chunks) throws IOException {
    try (PartialFile partial = PartialFile.open(data, list, 350, 100)) {
      partial.resume();
      for (int chunk : chunks) {
        partial.write(chunk, Arrays.copyOfRange(CONTENT, chunk * 100, chunk * 100 + 100));
      }
    }
  }

  private BitSet finished(long length, int chunkSize) throws IOException {
    try (PartialFile partial = PartialFile.open(data, list, length, chunkSize)) {
      partial.resume();
      return partial.finished();
    }
  }

  private static BitSet bits(int... set) {
    BitSet bits = new BitSet();
    Arrays.stream(set).forEach(bits::set);
    return bits;
  }

  private static void overwrite(Path file, long position, byte value) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {value}), position);
    }
  }
}
