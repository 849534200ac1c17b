package org.mergetomix.tensor;

import java.util.Optional;

/** Which names tensors may have, and how untrusted text is shown in messages. */
public final class TensorNames {

  /** The one name in a header that is not a tensor's. */
  public static final String METADATA = "__metadata__";

  /** The most characters that a name may have. */
  public static final int MAX_LENGTH = 1024;

  private static final int MAX_SHOWN = 100;

  private TensorNames() {}

  /** What is wrong with a tensor's name, as the end of a sentence; empty if nothing is. */
  public static Optional<String> problem(String name) {
    if (name.length() > MAX_LENGTH) {
      return Optional.of("has a name longer than %s characters".formatted(MAX_LENGTH));
    }
    if (!wellFormed(name)) {
      return Optional.of("has a name with half of a surrogate pair");
    }
    if (name.equals(METADATA)) {
      return Optional.of("has the name that is reserved for metadata");
    }
    return Optional.empty();
  }

  /** Whether the text can be written as UTF-8 and read back. */
  public static boolean wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (i + 1 == text.length()
            || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  /** The text on one short line, with control characters made visible. */
  public static String shown(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(MAX_SHOWN)
        .forEach(
            code -> {
              if (isPlain(code)) {
                line.appendCodePoint(code);
              } else {
                line.append("\\u{%x}".formatted(code));
              }
            });
    if (text.codePointCount(0, text.length()) > MAX_SHOWN) {
      line.append("...");
    }
    return line.toString();
  }

  private static boolean isPlain(int code) {
    return switch (Character.getType(code)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
