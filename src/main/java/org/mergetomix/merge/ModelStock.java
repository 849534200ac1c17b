package org.mergetomix.merge;

import org.mergetomix.tensor.TensorPlace;

/**
 * The weighted mean of the deltas times {@code t = N c / (1 + (N - 1) c)} for each tensor, where
 * {@code c} is the mean cosine between the {@code N} deltas, two by two. The more they agree, the
 * nearer the merged model is to their mean; where they are orthogonal or opposed it stays at the
 * base, for a negative {@code t} would lead away from all of them. A single delta is taken whole.
 */
record ModelStock() implements Combination {

  @Override
  public Kernel kernel(Terms terms) {
    return new LinearKernel(terms.total());
  }

  @Override
  public double factor(Terms terms, PreparedExperts experts, TensorPlace tensor) {
    int size = terms.size();
    if (size == 1) {
      return 1;
    }
    double sum = 0;
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < i; j++) {
        sum += experts.products().cosine(tensor, terms.get(i).expert(), terms.get(j).expert());
      }
    }
    double mean = Math.max(0, sum / (size * (size - 1) / 2.0));
    return size * mean / (1 + (size - 1) * mean);
  }

  @Override
  public InnerProducts.Pairs products() {
    return InnerProducts.Pairs.ALL;
  }
}
