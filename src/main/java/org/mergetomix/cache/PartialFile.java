package org.mergetomix.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.zip.CRC32C;

/**
 * A file of known length that comes in chunks, in any order, and goes on where a dead process
 * stopped. Beside the data lies a list of the finished chunks with their checksums; a chunk counts
 * as there only when its bytes still have the checksum, since after a power failure the list can be
 * on the disk and the data not. Chunks may be written by several threads, each chunk by one.
 */
final class PartialFile implements AutoCloseable {

  private static final long MAGIC = 0x6d326d2d63686e31L;
  private static final int HEADER = Long.BYTES + Long.BYTES + Integer.BYTES + Integer.BYTES;
  private static final int RECORD = 3 * Integer.BYTES;

  private final FileChannel data;
  private final FileChannel list;
  private final long length;
  private final int chunkSize;
  private final BitSet finished = new BitSet();
  private long listEnd = HEADER;

  private PartialFile(FileChannel data, FileChannel list, long length, int chunkSize) {
    this.data = data;
    this.list = list;
    this.length = length;
    this.chunkSize = chunkSize;
  }

  /**
   * Keeps what is there if it is for the same length and chunks, for {@link #resume}; begins anew
   * otherwise. Takes no time even for a large file.
   */
  static PartialFile open(Path dataFile, Path listFile, long length, int chunkSize)
      throws IOException {
    FileChannel data = readAndWrite(dataFile);
    try {
      FileChannel list = readAndWrite(listFile);
      try {
        PartialFile partial = new PartialFile(data, list, length, chunkSize);
        partial.prepare();
        return partial;
      } catch (IOException | RuntimeException failure) {
        list.close();
        throw failure;
      }
    } catch (IOException | RuntimeException failure) {
      data.close();
      throw failure;
    }
  }

  /**
   * What a list says of the file that it is for; it may be mistaken about the bytes that are there.
   *
   * @param length of the whole file
   * @param present bytes of it that are said to be there
   */
  record Plan(long length, long present) {

    private static final Plan NONE = new Plan(0, 0);
  }

  /** What a list says; nothing at all when there is none or it is not readable. */
  static Plan plan(Path listFile) throws IOException {
    try (FileChannel list = FileChannel.open(listFile, StandardOpenOption.READ)) {
      ByteBuffer header = read(list, 0, HEADER);
      if (!isHeader(header)) {
        return Plan.NONE;
      }
      long length = header.getLong(Long.BYTES);
      long present = (list.size() - HEADER) / RECORD * header.getInt(2 * Long.BYTES);
      return new Plan(length, Math.min(length, present));
    } catch (NoSuchFileException finished) {
      return Plan.NONE;
    }
  }

  private static FileChannel readAndWrite(Path file) throws IOException {
    return FileChannel.open(
        file,
        StandardOpenOption.CREATE,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        LinkOption.NOFOLLOW_LINKS);
  }

  private void prepare() throws IOException {
    ByteBuffer expected = header();
    if (!read(list, 0, HEADER).equals(expected)) {
      list.truncate(0);
      data.truncate(0);
      writeFully(list, expected, 0);
    }
  }

  /** Reads what is there already and keeps what is whole. Called once, before anything else. */
  void resume() throws IOException {
    for (ByteBuffer entry = read(list, listEnd, RECORD);
        entry.remaining() == RECORD && entry.getInt(8) == checksum(entry.slice(0, 8));
        entry = read(list, listEnd, RECORD)) {
      listEnd += RECORD;
      int chunk = entry.getInt(0);
      if (chunk >= 0 && chunk < chunks()) {
        ByteBuffer bytes = read(data, position(chunk), bytes(chunk));
        finished.set(
            chunk, bytes.remaining() == bytes(chunk) && checksum(bytes) == entry.getInt(4));
      }
    }
    // What follows was torn by a crash.
    list.truncate(listEnd);
  }

  /** How many chunks the file has. */
  int chunks() {
    return Math.toIntExact((length + chunkSize - 1) / chunkSize);
  }

  /** Where a chunk begins. */
  long position(int chunk) {
    return (long) chunk * chunkSize;
  }

  /** How long a chunk is; the last one may be shorter. */
  int bytes(int chunk) {
    return (int) Math.min(chunkSize, length - position(chunk));
  }

  /** The chunks that are there. */
  synchronized BitSet finished() {
    return (BitSet) finished.clone();
  }

  /** Writes a chunk and then remembers it. */
  void write(int chunk, byte[] bytes) throws IOException {
    ByteBuffer content = ByteBuffer.wrap(bytes, 0, bytes(chunk));
    ByteBuffer entry = ByteBuffer.allocate(RECORD).putInt(chunk).putInt(checksum(content));
    entry.putInt(checksum(entry.slice(0, 8))).flip();
    writeFully(data, content, position(chunk));
    synchronized (this) {
      writeFully(list, entry, listEnd);
      listEnd += RECORD;
      finished.set(chunk);
    }
  }

  /** Brings all chunks to the disk. */
  void force() throws IOException {
    data.force(true);
    if (data.size() != length) {
      throw new IOException("The copy has %d bytes in place of %d".formatted(data.size(), length));
    }
  }

  @Override
  public void close() throws IOException {
    try {
      data.close();
    } finally {
      list.close();
    }
  }

  static void delete(Path dataFile, Path listFile) throws IOException {
    Files.deleteIfExists(dataFile);
    Files.deleteIfExists(listFile);
  }

  private ByteBuffer header() {
    ByteBuffer header = ByteBuffer.allocate(HEADER).putLong(MAGIC).putLong(length);
    header.putInt(chunkSize).putInt(checksum(header.slice(0, HEADER - Integer.BYTES)));
    return header.flip();
  }

  private static boolean isHeader(ByteBuffer header) {
    return header.remaining() == HEADER
        && header.getLong(0) == MAGIC
        && header.getInt(HEADER - Integer.BYTES)
            == checksum(header.slice(0, HEADER - Integer.BYTES));
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.duplicate());
    return (int) checksum.getValue();
  }

  /** Up to {@code count} bytes; fewer where the file ends. */
  private static ByteBuffer read(FileChannel channel, long position, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {}
    return bytes.flip();
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes, long position)
      throws IOException {
    long end = position + bytes.remaining();
    while (bytes.hasRemaining()) {
      channel.write(bytes, end - bytes.remaining());
    }
  }
}
