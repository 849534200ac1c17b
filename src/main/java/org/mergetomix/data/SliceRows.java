package org.mergetomix.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * The rows of a slice of a file of lines, one after the other: those that begin in it. All slices
 * of a file together have each of its rows once, so that a large file can be read by several tasks.
 * A compressed file has one slice. Not thread-safe.
 */
public final class SliceRows implements AutoCloseable {

  private static final int BUFFER = 1 << 16;

  private final DataFile file;
  private final long from;
  private final long to;
  private final DataLines lines;
  private final InputStream stream;
  private final byte[] buffer = new byte[BUFFER];
  private int filled;
  private int taken;
  private long position;
  private boolean afterReturn;
  private long begins;
  private long number;
  private String line = "";

  /**
   * A slice.
   *
   * @param file of lines or JSON Lines
   * @param from its first byte, 0 for a compressed file
   * @param to the byte after its last one
   * @throws UserException if the file cannot be read
   */
  public SliceRows(DataFile file, long from, long to) {
    this.file = file;
    this.from = from;
    this.to = to;
    this.lines = new DataLines(file, "one example a line");
    this.position = Math.max(0, from - 1);
    try {
      stream = file.open();
      try {
        stream.skipNBytes(position);
      } catch (IOException | RuntimeException failure) {
        stream.close();
        throw failure;
      }
    } catch (IOException failure) {
      throw lines.unreadable(failure);
    }
    if (from > 0) {
      readLine(); // The one that the slice before has, or its end.
    }
  }

  /**
   * Goes to the next row.
   *
   * @return whether there is one
   * @throws UserException if the file cannot be read
   */
  public boolean next() {
    return readLine() && begins < to;
  }

  /** At which byte of the file, no longer compressed, the row begins. */
  public long position() {
    return begins;
  }

  /**
   * What the row means.
   *
   * @param meaning may refuse it
   * @throws UserException if it is no row, or is refused, with its {@link #where} in the file
   */
  public <T> T read(Function<DataRow, T> meaning) {
    // The number of a line decides whether a byte order mark may stand in it.
    long told = number + (from > 0 ? 1 : 0);
    try {
      return meaning.apply(DataRows.row(file, new DataLines.Line(told, lines.decoded(line, told))));
    } catch (UserException refused) {
      throw refused.with(problem -> new Problem(problem.what(), where(), problem.remedy()));
    }
  }

  private String where() {
    return from == 0
        ? new RowPlace(file.name(), RowPlace.Unit.LINE, number).where()
        : where(file.name(), begins);
  }

  /**
   * How a row is told whose line is not known, because other slices come before its own.
   *
   * @param name the file's
   * @param position the byte where the row begins
   */
  public static String where(String name, long position) {
    return name + ", byte " + position;
  }

  /**
   * How rows are told once their lines are counted: the file is read up to the last of them.
   *
   * @param positions the bytes where they begin
   * @return by these, of those where a row begins
   * @throws UserException if the file cannot be read
   */
  public static SortedMap<Long, String> lines(DataFile file, SortedSet<Long> positions) {
    SortedMap<Long, String> lines = new TreeMap<>();
    try (SliceRows rows = new SliceRows(file, 0, positions.last() + 1)) {
      while (rows.next()) {
        if (positions.contains(rows.position())) {
          lines.put(rows.position(), rows.where());
        }
      }
    }
    return lines;
  }

  /** Reads a line, which ends as {@link java.io.BufferedReader#readLine} has it. */
  private boolean readLine() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      int first = read();
      if (afterReturn && first == '\n') {
        first = read();
      }
      afterReturn = false;
      if (first < 0) {
        return false;
      }
      begins = position - 1;
      for (int each = first; each >= 0 && each != '\n'; each = read()) {
        if (each == '\r') {
          afterReturn = true;
          break;
        }
        bytes.write(each);
      }
    } catch (IOException failure) {
      throw lines.unreadable(failure);
    }
    number = begins < from ? 0 : number + 1;
    line = bytes.toString(StandardCharsets.ISO_8859_1);
    return true;
  }

  private int read() throws IOException {
    if (taken == filled) {
      filled = Math.max(0, stream.read(buffer));
      taken = 0;
      if (filled == 0) {
        return -1;
      }
    }
    position++;
    return buffer[taken++] & 0xFF;
  }

  @Override
  public void close() {
    try {
      stream.close();
    } catch (IOException failure) {
      throw lines.unreadable(failure);
    }
  }
}
