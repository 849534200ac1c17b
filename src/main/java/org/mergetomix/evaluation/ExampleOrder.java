package org.mergetomix.evaluation;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.mergetomix.folder.Digests;

/**
 * The order of a task's examples: shuffled, so that the first of them stand for all, and always the
 * same for the same data. An example's place follows from the sha256 of the data's digest and of
 * its number in the data.
 */
final class ExampleOrder {

  private static final int HEX_DIGITS_OF_A_LONG = 16;

  private ExampleOrder() {}

  /** The examples of some data, given in the data's own order. */
  static <T> List<T> of(List<T> examples, String digest) {
    return IntStream.range(0, examples.size())
        .mapToObj(number -> new Drawn<>(draw(digest, number), number, examples.get(number)))
        .sorted(Comparator.<Drawn<T>>comparingLong(Drawn::draw).thenComparingInt(Drawn::number))
        .map(Drawn::example)
        .toList();
  }

  private record Drawn<T>(long draw, int number, T example) {}

  private static long draw(String digest, int number) {
    String hash = Digests.sha256(digest, Integer.toString(number));
    return Long.parseUnsignedLong(hash.substring(0, HEX_DIGITS_OF_A_LONG), 16);
  }
}
