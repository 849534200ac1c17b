package org.mergetomix.evaluation.answer;

import java.io.Serializable;
import java.util.List;

/**
 * Where a text that a model writes ends.
 *
 * @param stop texts that it ends before; none of them empty
 * @param most how many tokens it has at most; 1 or more
 */
public record TextEnding(List<String> stop, int most) implements Serializable {

  /** Before an empty line, or after as many tokens as lm-eval allows where nothing is said. */
  public static final TextEnding UNSAID = new TextEnding(List.of("\n\n"), 256);

  public TextEnding {
    stop = List.copyOf(stop);
  }

  /** Whether a text has come to an end. */
  public boolean ends(String text) {
    return stop.stream().anyMatch(text::contains);
  }

  /** A text up to its end. */
  public String cut(String text) {
    int end = text.length();
    for (String each : stop) {
      int place = text.indexOf(each);
      end = place < 0 ? end : Math.min(end, place);
    }
    return text.substring(0, end);
  }
}
