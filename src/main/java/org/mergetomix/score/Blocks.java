package org.mergetomix.score;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The blocks that a task's examples are evaluated in: they end at fixed shares of the examples, so
 * that a share can be evaluated first and the rest later, with the same bits as all at once.
 */
public final class Blocks {

  /** Where blocks end, in percent of the examples. */
  private static final int[] ENDS = {5, 10, 20, 25, 40, 50, 70, 100};

  private Blocks() {}

  /**
   * The blocks of so many examples, in order; together they are all of them. Few examples have
   * fewer blocks: none is empty.
   */
  public static List<ExampleRange> of(int examples) {
    int[] ends = IntStream.of(ENDS).map(percent -> end(examples, percent)).distinct().toArray();
    return IntStream.range(0, ends.length)
        .filter(block -> ends[block] > 0)
        .mapToObj(block -> new ExampleRange(block == 0 ? 0 : ends[block - 1], ends[block]))
        .toList();
  }

  /**
   * The examples up to a share of them, in whole blocks.
   *
   * @param percent above 0, to 100; it is rounded up to where a block ends
   */
  public static ExampleRange upTo(int examples, int percent) {
    int end = IntStream.of(ENDS).filter(share -> share >= percent).findFirst().orElse(100);
    return new ExampleRange(0, Math.max(1, end(examples, end)));
  }

  /** The blocks that a range of whole blocks consists of. */
  public static List<ExampleRange> within(int examples, ExampleRange range) {
    return of(examples).stream()
        .filter(block -> block.from() >= range.from() && block.to() <= range.to())
        .toList();
  }

  /**
   * The same of a range that has to be whole blocks.
   *
   * @throws IllegalArgumentException when it is not
   */
  public static List<ExampleRange> whole(int examples, ExampleRange range) {
    List<ExampleRange> blocks = within(examples, range);
    if (blocks.stream().mapToInt(ExampleRange::size).sum() != range.size()) {
      throw new IllegalArgumentException("Not whole blocks of " + examples + " examples: " + range);
    }
    return blocks;
  }

  private static int end(int examples, int percent) {
    return (int) Math.round(examples * (percent / 100.0));
  }
}
