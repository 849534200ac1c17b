package org.mergetomix.report;

import java.util.Objects;

/**
 * Something that a run read.
 *
 * @param kind what it is: {@code base}, {@code expert}, {@code dataset}, {@code task}
 * @param id its id in the manifest
 * @param location where it was read from, without credentials
 * @param digest of its contents, with the algorithm before a colon
 */
public record Input(String kind, String id, String location, String digest) {

  public Input {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(id);
    Objects.requireNonNull(location);
    Objects.requireNonNull(digest);
  }
}
