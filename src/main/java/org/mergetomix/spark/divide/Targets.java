package org.mergetomix.spark.divide;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.mllib.linalg.Vector;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration.Divide;
import org.mergetomix.config.Configuration.Divide.Features;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.problem.UserException;
import scala.Tuple2;

/** The data of tasks, which a corpus is compared with. Executors keep it until it is closed. */
public final class Targets implements AutoCloseable {

  private static final int TOLD = 1000;

  private final SortedMap<String, JavaRDD<String>> texts;

  private Targets(SortedMap<String, JavaRDD<String>> texts) {
    this.texts = texts;
  }

  /**
   * Reads the data of each task.
   *
   * @throws UserException if that of some cannot be read, with the problems of all
   */
  public static Targets read(
      SparkSession spark, InputAccess access, InputFiles files, List<Manifest.TaskEntry> tasks) {
    Targets targets = new Targets(new TreeMap<>());
    List<UserException> failures = new ArrayList<>();
    try {
      for (Manifest.TaskEntry task : tasks) {
        try {
          targets.add(task.id(), Corpus.ofTask(spark, access, files, task));
        } catch (UserException failure) {
          failures.add(failure);
        }
      }
      if (!failures.isEmpty()) {
        throw UserException.together(failures);
      }
      return targets;
    } catch (RuntimeException failure) {
      targets.close();
      throw failure;
    }
  }

  private void add(String task, Corpus corpus) {
    JavaRDD<CorpusRow> rows = corpus.rows();
    UserException.inputIfAny(
        corpus.problems(
            rows.filter(CorpusRow.Refused.class::isInstance)
                .map(CorpusRow.Refused.class::cast)
                .take(TOLD)));
    texts.put(
        task,
        rows.filter(CorpusRow.Kept.class::isInstance)
            .map(row -> ((CorpusRow.Kept) row).text())
            .persist(StorageLevel.MEMORY_AND_DISK()));
  }

  /**
   * The mean features of the rows of each task, by its id.
   *
   * @param division of the corpus that they are compared with
   */
  public SortedMap<String, double[]> means(Division division, Divide settings) {
    Broadcast<Weighting> weighting = division.weighting();
    Features kind = settings.features();
    SortedMap<String, double[]> means = new TreeMap<>();
    texts.forEach(
        (task, rows) ->
            PartSums.means(rows.mapToPair(text -> new Tuple2<>(0, features(text, weighting, kind))))
                .forEach((all, mean) -> means.put(task, mean)));
    return means;
  }

  private static Vector features(String text, Broadcast<Weighting> weighting, Features kind) {
    return weighting.value().features(Weighting.counts().transform(Terms.features(text, kind)));
  }

  @Override
  public void close() {
    texts.values().forEach(JavaRDD::unpersist);
  }
}
