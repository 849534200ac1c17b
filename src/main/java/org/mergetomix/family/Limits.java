package org.mergetomix.family;

/** What no model reaches: a larger number in a configuration is a mistake. */
final class Limits {

  static final long LAYERS = 1 << 12;
  static final long HEADS = 1 << 14;
  static final long WIDTH = 1 << 20;
  static final long VOCABULARY = 1 << 24;
  static final long POSITIONS = 1 << 30;

  private Limits() {}
}
