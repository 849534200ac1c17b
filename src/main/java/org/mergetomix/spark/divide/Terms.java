package org.mergetomix.spark.divide;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.mergetomix.config.Configuration.Divide.Features;

/** What of a text is counted. */
final class Terms {

  private static final int LONGEST_GRAM = 3;
  private static final int SHINGLE = 5;

  private Terms() {}

  /** Its words: letters and digits that follow each other, in lower case. */
  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    text.toLowerCase(Locale.ROOT)
        .codePoints()
        .forEach(
            point -> {
              if (isPart(point)) {
                word.appendCodePoint(point);
              } else {
                end(word, words);
              }
            });
    end(word, words);
    return words;
  }

  private static boolean isPart(int point) {
    int type = Character.getType(point);
    return Character.isLetterOrDigit(point)
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK;
  }

  private static void end(StringBuilder word, List<String> words) {
    if (!word.isEmpty()) {
      words.add(word.toString());
      word.setLength(0);
    }
  }

  /** By what a text is compared with others; at least one. */
  static List<String> features(String text, Features kind) {
    List<String> words = words(text);
    if (words.isEmpty()) {
      return List.of(text);
    }
    return switch (kind) {
      case WORDS -> words;
      case CHARACTERS -> grams(words);
    };
  }

  /** Beginning and end of a word count as characters, but not alone. */
  private static List<String> grams(List<String> words) {
    List<String> grams = new ArrayList<>();
    for (String word : words) {
      int[] points = (" " + word + " ").codePoints().toArray();
      for (int from = 0; from < points.length; from++) {
        for (int length = 1; length <= LONGEST_GRAM && from + length <= points.length; length++) {
          if (length > 1 || points[from] != ' ') {
            grams.add(new String(points, from, length));
          }
        }
      }
    }
    return grams;
  }

  /** What two texts have in common that are nearly the same; at least one. */
  static List<String> shingles(String text, Features kind) {
    List<String> words = words(text);
    if (words.isEmpty()) {
      return List.of(text);
    }
    return switch (kind) {
      case WORDS -> withPairs(words);
      case CHARACTERS -> sequences(String.join(" ", words));
    };
  }

  private static List<String> withPairs(List<String> words) {
    List<String> shingles = new ArrayList<>(words);
    for (int i = 1; i < words.size(); i++) {
      shingles.add(words.get(i - 1) + " " + words.get(i));
    }
    return shingles;
  }

  private static List<String> sequences(String text) {
    int[] points = text.codePoints().toArray();
    if (points.length <= SHINGLE) {
      return List.of(text);
    }
    List<String> shingles = new ArrayList<>();
    for (int from = 0; from + SHINGLE <= points.length; from++) {
      shingles.add(new String(points, from, SHINGLE));
    }
    return shingles;
  }
}
