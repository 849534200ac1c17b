package org.mergetomix.surface;

import java.util.stream.DoubleStream;

/**
 * From scores to standardised ones and back.
 *
 * @param offset the mean of the scores
 * @param unit their deviation; 1 where all are equal
 */
record Scale(double offset, double unit) {

  static Scale of(double[] scores) {
    double mean = DoubleStream.of(scores).average().orElseThrow();
    double squares = DoubleStream.of(scores).map(score -> (score - mean) * (score - mean)).sum();
    double deviation = Math.sqrt(squares / scores.length);
    return new Scale(mean, deviation > 1e-12 * Math.max(1, Math.abs(mean)) ? deviation : 1);
  }

  double standardised(double score) {
    return (score - offset) / unit;
  }

  double score(double standardised) {
    return offset + unit * standardised;
  }
}
