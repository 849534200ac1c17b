package org.mergetomix.output;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.location.Location;
import org.mergetomix.problem.UserException;
import scala.jdk.javaapi.CollectionConverters;

/**
 * How a table becomes durable. Spark's tasks write to a place aside, and its driver puts all of it
 * in place at once; {@code _SUCCESS} comes last, and without it nothing counts.
 *
 * <p>In S3 there is no rename to do that with. There the magic committer of Hadoop's connector
 * holds uploads open until the driver completes them.
 */
public final class Commits {

  private static final String MARK = "_SUCCESS";
  private static final String MAGIC = "__magic";
  private static final String PROTOCOL = "spark.sql.sources.commitProtocolClass";
  private static final String PARQUET = "spark.sql.parquet.output.committer.class";
  private static final String NAME = "fs.s3a.committer.name";

  private static final Map<String, String> CLASSES =
      Map.of(
          PROTOCOL, "org.apache.spark.internal.io.cloud.PathOutputCommitProtocol",
          PARQUET, "org.apache.spark.internal.io.cloud.BindingParquetOutputCommitter");

  private Commits() {}

  /**
   * The committed tables that lie in a folder, each in a folder of its own, by name. An object
   * store is asked for one listing, whatever their number; ask once a need.
   *
   * @throws UserException if the folder cannot be listed
   */
  public static List<Location> committed(SparkSession spark, Location folder) {
    try {
      return files(spark).foldersWith(MARK, folder);
    } catch (IOException failure) {
      throw OutputProblems.of(folder, failure);
    }
  }

  /**
   * What the committers of drivers that were killed left in tables, committed ones too: the magic
   * committer sets the mark first, and deletes its own files after it. An object store is asked for
   * one listing.
   *
   * @throws UserException if the folder cannot be listed
   */
  public static List<Location> left(SparkSession spark, Location folder) {
    try {
      return files(spark).foldersStarting(MAGIC, folder);
    } catch (IOException failure) {
      throw OutputProblems.of(folder, failure);
    }
  }

  /**
   * A session whose tables are committed safely at a place: the same one, or for S3 one beside it
   * with the same settings and the magic committer. A commit protocol that the user or the platform
   * has chosen stays.
   */
  public static SparkSession session(SparkSession spark, Location location) {
    if (!needsCommitter(spark, location)) {
      return spark;
    }
    SparkSession session = spark.newSession();
    CollectionConverters.asJava(spark.conf().getAll())
        .forEach(
            (key, value) -> {
              if (session.conf().isModifiable(key)) {
                session.conf().set(key, value);
              }
            });
    CLASSES.forEach((key, name) -> session.conf().set(key, name));
    if (isDefault(spark.sparkContext().hadoopConfiguration(), NAME)) {
      session.conf().set(NAME, "magic");
    }
    return session;
  }

  /**
   * Makes sure that tables can be committed at a place.
   *
   * @throws UserException usage, if S3 is to be written without its committer
   */
  public static void requireCommitter(SparkSession spark, Location location) {
    if (needsCommitter(spark, location) && !CLASSES.values().stream().allMatch(Commits::isThere)) {
      throw UserException.usage(
          "The committer that S3 needs is not among Spark's jars",
          location.toString(),
          "Add spark-hadoop-cloud, as the README says, or set "
              + PROTOCOL
              + " to the committer of your platform");
    }
  }

  private static boolean needsCommitter(SparkSession spark, Location location) {
    return location.uri().startsWith("s3a:") && !spark.conf().getAll().contains(PROTOCOL);
  }

  private static boolean isThere(String name) {
    try {
      Class.forName(name, false, Thread.currentThread().getContextClassLoader());
      return true;
    } catch (ClassNotFoundException missing) {
      return false;
    }
  }

  /** Hadoop's own default names a committer that renames. */
  private static boolean isDefault(Configuration hadoop, String key) {
    String[] sources = hadoop.getPropertySources(key);
    return sources == null || Arrays.stream(sources).allMatch("core-default.xml"::equals);
  }

  private static OutputFiles files(SparkSession spark) {
    return new OutputFiles(spark.sparkContext().hadoopConfiguration());
  }
}
