package org.mergetomix.spark.divide;

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
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.problem.UserException;
import scala.Tuple2;

/** What tasks look like to whoever compares them with a corpus: the mean features of their rows. */
public final class Targets {

  private static final int TOLD = 1000;

  private Targets() {}

  /**
   * The means by the ids of the tasks.
   *
   * @param division of the corpus that they are compared with
   * @throws UserException if the data of a task cannot be read
   */
  public static SortedMap<String, double[]> means(
      SparkSession spark,
      InputAccess access,
      InputFiles files,
      List<Manifest.TaskEntry> tasks,
      Division division,
      Divide settings) {
    Broadcast<Weighting> weighting = division.weighting();
    Features kind = settings.features();
    SortedMap<String, double[]> means = new TreeMap<>();
    for (Manifest.TaskEntry task : tasks) {
      Corpus rows =
          task.kind().name().equals(LanguageModelling.KIND.name())
              ? Corpus.open(spark, access, files, task.data(), task.columns(), "")
              : Corpus.ofTexts(spark, access, files, task.data());
      JavaRDD<CorpusRow> read = rows.rows().persist(StorageLevel.MEMORY_AND_DISK());
      try {
        UserException.inputIfAny(
            read.filter(CorpusRow.Refused.class::isInstance).take(TOLD).stream()
                .flatMap(row -> ((CorpusRow.Refused) row).problems().stream())
                .toList());
        PartSums.means(
                read.filter(CorpusRow.Kept.class::isInstance)
                    .map(row -> ((CorpusRow.Kept) row).text())
                    .mapToPair(text -> new Tuple2<>(0, features(text, weighting, kind))))
            .forEach((all, mean) -> means.put(task.id(), mean));
      } finally {
        read.unpersist();
      }
    }
    return means;
  }

  private static Vector features(String text, Broadcast<Weighting> weighting, Features kind) {
    return weighting.value().features(Weighting.counts().transform(Terms.features(text, kind)));
  }
}
