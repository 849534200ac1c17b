package org.mergetomix.training;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.Example;
import org.mergetomix.data.RowPlace;
import org.mergetomix.evaluation.TokenWindow;
import org.mergetomix.evaluation.Tokenizer;
import org.mergetomix.evaluation.TokenizerSource;
import org.mergetomix.testing.ByteTransformer;

/** A few short texts to train on. */
final class TinyData {

  static final Tokenizer TOKENIZER = TokenizerSource.BYTES.open();

  private TinyData() {}

  /** Datasets {@code es} and {@code fr}. */
  static SortedMap<String, List<TokenWindow>> spanishAndFrench() {
    SortedMap<String, List<TokenWindow>> windows = new TreeMap<>();
    windows.put("es", windows("Alemania", "lunes", "Londres", "metros", "febrero", "checo"));
    windows.put("fr", windows("Allemagne", "lundi", "Londres", "mètres", "février"));
    return windows;
  }

  static List<TokenWindow> windows(String... examples) {
    List<TokenWindow> windows = new ArrayList<>();
    for (int example = 0; example < examples.length; example++) {
      windows.addAll(
          TOKENIZER.trained(example, placed(example, examples[example]), ByteTransformer.CONTEXT));
    }
    return windows;
  }

  private static Placed<Example> placed(int line, String text) {
    RowPlace place = new RowPlace("tiny.txt", RowPlace.Unit.LINE, line + 1);
    return new Placed<>(place, new Example.PlainText(text));
  }
}
