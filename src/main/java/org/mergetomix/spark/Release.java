package org.mergetomix.spark;

import java.util.Optional;

/** Which merge-to-mix this is. */
public final class Release {

  private Release() {}

  /** The version that the jar's manifest gives; {@code development} for classes outside a jar. */
  public static String version() {
    return Optional.ofNullable(Release.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
