package org.mergetomix.output;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** Names that two drivers do not draw both. */
public final class RandomName {

  private RandomName() {}

  /** Eight hexadecimal digits. */
  public static String next() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
  }
}
