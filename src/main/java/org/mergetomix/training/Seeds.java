package org.mergetomix.training;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Random;
import org.mergetomix.folder.Digests;

/** Sources of random numbers for things that have a name. */
final class Seeds {

  private Seeds() {}

  /** Digested, since neighbouring seeds give java.util.Random similar beginnings. */
  static Random random(long seed, String name) {
    MessageDigest digest = Digests.begun();
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, seed));
    digest.update(name.getBytes(StandardCharsets.UTF_8));
    return new Random(ByteBuffer.wrap(digest.digest()).getLong());
  }
}
