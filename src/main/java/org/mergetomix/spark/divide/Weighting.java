package org.mergetomix.spark.divide;

import java.io.Serializable;
import org.apache.spark.mllib.feature.HashingTF;
import org.apache.spark.mllib.feature.IDFModel;
import org.apache.spark.mllib.feature.Normalizer;
import org.apache.spark.mllib.linalg.SparseVector;
import org.apache.spark.mllib.linalg.Vector;
import org.apache.spark.mllib.linalg.Vectors;

/**
 * From counted terms to the features of a row: each count times how rare its term is, of length 1
 * together. Values are multiples of 2^-20: sums of up to 2^33 rows are exact, and so the same in
 * whatever order they are added.
 *
 * @param rarity the inverse document frequencies of a corpus
 */
record Weighting(IDFModel rarity) implements Serializable {

  /** Of the features; terms are hashed to them. */
  static final int DIMENSIONS = 1 << 14;

  private static final double GRID = 1 << 20;

  /** How terms are counted. */
  static HashingTF counts() {
    return new HashingTF(DIMENSIONS);
  }

  /** The features of a row; all 0 where its terms say nothing. */
  Vector features(Vector counts) {
    SparseVector weighted = new Normalizer().transform(rarity.transform(counts)).toSparse();
    double[] values = weighted.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.rint(values[i] * GRID) / GRID;
    }
    return Vectors.sparse(DIMENSIONS, weighted.indices(), values);
  }
}
