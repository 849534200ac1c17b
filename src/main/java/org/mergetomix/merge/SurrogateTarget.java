package org.mergetomix.merge;

import java.util.SortedMap;
import org.mergetomix.tensor.TensorSink;
import org.mergetomix.tensor.TensorSpec;

/**
 * What surrogates are merged into to be evaluated, one after the other in the same place: a live
 * model, or a file that a worker reads. It holds a surrogate as soon as every tensor was written to
 * its last element. One thread at a time.
 */
public interface SurrogateTarget extends TensorSink {

  /** The tensors that it takes, by name; unmodifiable. */
  SortedMap<String, TensorSpec> tensors();
}
