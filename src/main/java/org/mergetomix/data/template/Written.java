package org.mergetomix.data.template;

/** What was written so far, with its length in code points. */
final class Written {

  private final StringBuilder text = new StringBuilder();
  private final Meter meter;
  private int codePoints;

  Written(Meter meter) {
    this.meter = meter;
  }

  void append(String more) {
    meter.growth((long) text.length() + more.length(), more.length());
    text.append(more);
    codePoints += more.codePointCount(0, more.length());
  }

  int codePoints() {
    return codePoints;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
