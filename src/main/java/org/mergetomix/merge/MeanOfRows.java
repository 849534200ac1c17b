package org.mergetomix.merge;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.mergetomix.merge.combine.Terms;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorPlace;
import org.mergetomix.tensor.TensorReader;
import org.mergetomix.tensor.TensorSink;
import org.mergetomix.tensor.TensorSpec;

/**
 * Puts the weighted mean over those experts of a mixture that have them in place of the rows that
 * only some have, whatever the method does with all others. A row that none of them has is the
 * base's. One thread.
 */
final class MeanOfRows implements TensorSink {

  private final TensorSink target;
  private final Map<String, Table> tables;

  private MeanOfRows(TensorSink target, Map<String, Table> tables) {
    this.target = target;
    this.tables = tables;
  }

  /** The target itself, if all experts of the mixture have all rows. */
  static TensorSink over(PreparedExperts experts, Terms terms, TensorSink target) {
    Map<String, Table> tables = new HashMap<>();
    for (TensorPlace tensor : experts.layout().tensors()) {
      NavigableSet<Long> rows = new TreeSet<>();
      terms
          .all()
          .forEach(
              term -> rows.addAll(experts.deltas().get(term.expert()).absentRows(tensor.name())));
      if (!rows.isEmpty()) {
        tables.put(tensor.name(), new Table(experts, terms, tensor, rows));
      }
    }
    return tables.isEmpty() ? target : new MeanOfRows(target, tables);
  }

  @Override
  public void write(String tensor, long offset, float[] source, int length) {
    Table table = tables.get(tensor);
    target.write(
        tensor, offset, table == null ? source : table.replaced(offset, source, length), length);
  }

  private static final class Table {

    private final Terms terms;
    private final NavigableSet<Long> rows;
    private final List<NavigableSet<Long>> absent;
    private final List<TensorReader> readers;
    private final TensorReader base;
    private final long columns;

    Table(PreparedExperts experts, Terms terms, TensorPlace tensor, NavigableSet<Long> rows) {
      this.terms = terms;
      this.rows = rows;
      this.absent =
          terms.all().stream()
              .map(term -> experts.deltas().get(term.expert()).absentRows(tensor.name()))
              .toList();
      this.readers =
          terms.all().stream()
              .map(term -> experts.deltas().get(term.expert()).reader(tensor))
              .toList();
      Checkpoint checkpoint = experts.base();
      this.base = checkpoint.reader(tensor.name());
      TensorSpec spec = checkpoint.tensors().get(tensor.name());
      this.columns = spec.elements() / spec.shape().get(0);
    }

    float[] replaced(long offset, float[] source, int length) {
      NavigableSet<Long> here =
          rows.subSet(offset / columns, true, (offset + length - 1) / columns, true);
      if (here.isEmpty()) {
        return source;
      }
      float[] values = Arrays.copyOf(source, length);
      for (long row : here) {
        long from = Math.max(offset, row * columns);
        long to = Math.min(offset + length, (row + 1) * columns);
        float[] mean = mean(row, from, (int) (to - from));
        System.arraycopy(mean, 0, values, (int) (from - offset), mean.length);
      }
      return values;
    }

    private float[] mean(long row, long offset, int length) {
      float[] mean = new float[length];
      float[] delta = new float[length];
      base.read(offset, mean, length);
      float total = 0;
      for (int i = 0; i < terms.size(); i++) {
        total += absent.get(i).contains(row) ? 0 : terms.get(i).weight();
      }
      for (int i = 0; i < terms.size(); i++) {
        if (!absent.get(i).contains(row)) {
          readers.get(i).read(offset, delta, length);
          float share = terms.get(i).weight() / total;
          for (int j = 0; j < length; j++) {
            mean[j] += share * delta[j];
          }
        }
      }
      return mean;
    }
  }
}
