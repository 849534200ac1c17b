package org.mergetomix.merge;

/** Keeps every element. */
record Dense() implements Sparsifier {

  @Override
  public PreparedDelta prepare(DeltaScan delta) {
    return PreparedDelta.dense(delta.delta());
  }

  @Override
  public long preparedBytes(Layout layout) {
    return 0;
  }
}
