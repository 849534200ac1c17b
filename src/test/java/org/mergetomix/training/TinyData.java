package org.mergetomix.training;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.evaluation.TokenWindow;
import org.mergetomix.evaluation.Tokenizer;
import org.mergetomix.testing.ByteTransformer;

/** A few short texts to train on. */
final class TinyData {

  static final Tokenizer TOKENIZER = Tokenizer.named("bytes");

  private TinyData() {}

  /** Datasets {@code es} and {@code fr}. */
  static SortedMap<String, List<TokenWindow>> spanishAndFrench() {
    SortedMap<String, List<TokenWindow>> windows = new TreeMap<>();
    windows.put("es", windows("Alemania", "lunes", "Londres", "metros", "febrero", "checo"));
    windows.put("fr", windows("Allemagne", "lundi", "Londres", "mètres", "février"));
    return windows;
  }

  static List<TokenWindow> windows(String... examples) {
    return TokenWindow.of(List.of(examples), TOKENIZER, ByteTransformer.CONTEXT);
  }
}
