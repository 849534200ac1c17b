package org.mergetomix.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.mergetomix.evaluation.answer.TextEnding;
import org.mergetomix.model.GreedyDecoding;

/**
 * Goes on with texts, always with the likeliest token. The graph knows tokens but no text, so it
 * writes in stretches, and those texts go on in which no stop was found.
 *
 * @param tokenizer makes text of tokens
 * @param ending where a text ends
 */
record GreedyWriter(Tokenizer tokenizer, TextEnding ending) {

  /** Tokens of the first stretch; each further one is twice as long. */
  private static final int FIRST = 8;

  /** What the model writes after each of some beginnings, in one batch. */
  List<int[]> write(TextWriter model, List<int[]> prompts) {
    List<int[]> written = new ArrayList<>();
    prompts.forEach(prompt -> written.add(new int[0]));
    List<Integer> going = new ArrayList<>(IntStream.range(0, prompts.size()).boxed().toList());
    int stretch = FIRST;
    for (int done = 0; !going.isEmpty() && done < ending.most(); done += stretch, stretch *= 2) {
      List<int[]> begun =
          going.stream().map(row -> joined(prompts.get(row), written.get(row))).toList();
      GreedyDecoding decoding =
          new GreedyDecoding(
              tokenizer.endings(), tokenizer.padding(), Math.min(stretch, ending.most() - done));
      List<int[]> further = model.write(begun, decoding);
      for (int i = 0; i < further.size(); i++) {
        written.set(going.get(i), joined(written.get(going.get(i)), further.get(i)));
      }
      going.removeIf(row -> ended(written.get(row)));
    }
    return written;
  }

  private boolean ended(int[] written) {
    return written.length >= ending.most()
        || tokenizer.endings().contains(written[written.length - 1])
        || ending.ends(tokenizer.written(written));
  }

  private static int[] joined(int[] first, int[] second) {
    int[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /** The text of what was written, up to its end. */
  String text(int[] written) {
    return ending.cut(tokenizer.written(written));
  }
}
