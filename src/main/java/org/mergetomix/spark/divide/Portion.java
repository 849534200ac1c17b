package org.mergetomix.spark.divide;

import java.io.Serializable;
import org.mergetomix.location.Location;

/**
 * What one task reads of a file of lines.
 *
 * @param place the file's place among those of the corpus, from 0
 * @param file where it lies
 * @param from its first byte
 * @param to the byte after its last one
 */
record Portion(int place, Location file, long from, long to) implements Serializable {

  /** The id of the row that begins at a byte of the file. */
  long id(long position) {
    return ((long) place << Corpus.FILE_BITS) + position;
  }

  /** The place of the file that a row is in. */
  static int place(long id) {
    return (int) (id >> Corpus.FILE_BITS);
  }

  /** The byte of the file that a row begins at. */
  static long position(long id) {
    return id & ((1L << Corpus.FILE_BITS) - 1);
  }
}
