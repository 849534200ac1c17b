package org.mergetomix.merge.sparsify;

import org.mergetomix.tensor.Layout;

/** Keeps every element. */
public record Dense() implements Sparsifier {

  @Override
  public PreparedDelta prepare(DeltaScan delta) {
    return PreparedDelta.dense(delta.delta());
  }

  @Override
  public long preparedBytes(Layout layout) {
    return 0;
  }
}
