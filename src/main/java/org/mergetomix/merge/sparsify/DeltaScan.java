package org.mergetomix.merge.sparsify;

import java.util.List;
import org.mergetomix.expert.Delta;
import org.mergetomix.tensor.Layout;
import org.mergetomix.tensor.TensorPlace;
import org.mergetomix.tensor.TensorReader;

/**
 * One expert's delta, to be read from front to back as often as its preparation needs it.
 *
 * @param dataset id of its dataset
 */
public record DeltaScan(String dataset, Delta delta, Layout layout) {

  /** Takes the elements of a tensor, a chunk at a time. */
  interface Visitor {

    /** Elements {@code offset} to {@code offset + length - 1} are the first of {@code values}. */
    void visit(TensorPlace tensor, long offset, float[] values, int length);
  }

  /** Shows every element of the tensors, in order. */
  void forEach(List<TensorPlace> tensors, Visitor visitor) {
    float[] values = new float[Layout.CHUNK];
    for (TensorPlace tensor : tensors) {
      TensorReader reader = delta.reader(tensor.name());
      for (long offset = 0; offset < tensor.elements(); offset += Layout.CHUNK) {
        int length = (int) Math.min(Layout.CHUNK, tensor.elements() - offset);
        reader.read(offset, values, length);
        visitor.visit(tensor, offset, values, length);
      }
    }
  }
}
