package org.mergetomix.table;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.manifest.Baselines;

/**
 * What is in a part of a divided corpus.
 *
 * @param part its id, as a dataset has it
 * @param label the value of the column that the corpus was divided by; empty where there is none
 * @param rows how many
 * @param nearDuplicates how many of them are nearly the same as an earlier row of the corpus
 * @param share of the corpus' rows: the part's weight in a mixture in proportion to size
 * @param characters of its texts
 * @param words that it has more often than the others, most telling first
 * @param nearest the beginnings of the rows that lie nearest to its centre, nearest first
 * @param meanDistance of its rows' features, of length 1, from their centre
 * @param greatestDistance of one of them
 * @param similarity cosine between the mean features of the part and of each task's rows, by the
 *     task's id
 * @param baseLoss bits per byte of the base on a sample of its rows; NaN where it was not measured
 * @param cosines cosine between its mean features and those of every part
 */
public record PartRow(
    String part,
    String label,
    long rows,
    long nearDuplicates,
    double share,
    long characters,
    List<String> words,
    List<String> nearest,
    double meanDistance,
    double greatestDistance,
    SortedMap<String, Double> similarity,
    double baseLoss,
    SortedMap<String, Double> cosines)
    implements Serializable {

  public PartRow {
    words = List.copyOf(words);
    nearest = List.copyOf(nearest);
    similarity = Collections.unmodifiableSortedMap(new TreeMap<>(similarity));
    cosines = Collections.unmodifiableSortedMap(new TreeMap<>(cosines));
  }

  /** Whether the base's loss is known. */
  public boolean isMeasured() {
    return !Double.isNaN(baseLoss);
  }

  /** The same with the base's loss. */
  public PartRow measured(double loss) {
    return new PartRow(
        part,
        label,
        rows,
        nearDuplicates,
        share,
        characters,
        words,
        nearest,
        meanDistance,
        greatestDistance,
        similarity,
        loss,
        cosines);
  }

  /** What one could choose by without an expert: the greater, the sooner. */
  public SortedMap<String, Double> baselines() {
    SortedMap<String, Double> baselines = new TreeMap<>();
    baselines.put(Baselines.SHARE, share);
    similarity.forEach((task, cosine) -> baselines.put(Baselines.similarityTo(task), cosine));
    if (isMeasured()) {
      baselines.putAll(Baselines.ofLoss(baseLoss));
    }
    return baselines;
  }
}
