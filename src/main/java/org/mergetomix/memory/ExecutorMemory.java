package org.mergetomix.memory;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.status.api.v1.ExecutorSummary;
import org.mergetomix.config.Configuration;
import org.mergetomix.plan.TaskShare;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The memory that one executor has, and how many tasks share it.
 *
 * @param kind who starts executors
 * @param modelsOfAGpu live models that share the memory of a GPU, which is not known here; 0 where
 *     they are outside the heap of the executor's JVM
 * @param slots tasks that run at once
 * @param direct bytes that the JVM allows itself outside its heap, for buffers such as prefix sums
 * @param physical bytes of memory of the machine, or of the container where that has a limit
 * @param outsideHeap bytes that all but the heap may take; as much as {@code physical} where nobody
 *     watches over it
 */
public record ExecutorMemory(
    Kind kind, int modelsOfAGpu, int slots, long direct, long physical, long outsideHeap) {

  private static final String OVERHEAD = "spark.executor.memoryOverhead";

  private static final long MEBIBYTE = 1 << 20;

  /** Who starts executors, and which settings of Spark then say what they have. */
  public enum Kind {
    /** Nobody: the driver's JVM does the work. */
    LOCAL(
        "spark.driver.memory (-Dheap with Maven)", "spark.driver.extraJavaOptions", "spark.master"),
    /** A master that limits the heap and nothing else. */
    STANDALONE("spark.executor.memory", "spark.executor.extraJavaOptions", "spark.executor.cores"),
    /** YARN or Kubernetes, which end an executor that takes more than heap and overhead. */
    CONTAINER("spark.executor.memory", "spark.executor.extraJavaOptions", "spark.executor.cores");

    private final String heapKey;
    private final String optionsKey;
    private final String coresKey;

    Kind(String heapKey, String optionsKey, String coresKey) {
      this.heapKey = heapKey;
      this.optionsKey = optionsKey;
      this.coresKey = coresKey;
    }

    String heapKey() {
      return heapKey;
    }

    String optionsKey() {
      return optionsKey;
    }

    String coresKey() {
      return coresKey;
    }

    private static Kind of(SparkSession spark) {
      String master = spark.sparkContext().master();
      if (spark.sparkContext().isLocal()) {
        return LOCAL;
      }
      return master.startsWith("yarn") || master.startsWith("k8s") ? CONTAINER : STANDALONE;
    }
  }

  /** What the JVM of an executor says of itself. */
  private record Jvm(String executor, long direct, long physical, int processors)
      implements Serializable {}

  /** Asks one executor, by a Spark task, and Spark's settings. */
  static ExecutorMemory ask(SparkSession spark, Configuration configuration) {
    return ask(spark, TaskShare.of(spark, configuration));
  }

  /** The same for tasks that are given this. */
  static ExecutorMemory ask(SparkSession spark, TaskShare task) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    context.setJobGroup("memory", "Ask an executor for its memory", false);
    Jvm jvm;
    try {
      jvm = context.parallelize(List.of(0), 1).map(one -> ofThisJvm()).first();
    } finally {
      context.clearJobGroup();
    }
    Kind kind = Kind.of(spark);
    SparkConf conf = spark.sparkContext().getConf();
    return new ExecutorMemory(
        kind,
        task.tasksOfAGpu(),
        slots(cores(kind, context, jvm), task, conf),
        jvm.direct(),
        jvm.physical(),
        kind == Kind.CONTAINER ? overhead(conf) : jvm.physical());
  }

  private static Jvm ofThisJvm() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Jvm(
        SparkEnv.get().executorId(),
        directLimit(),
        system.getTotalMemorySize(),
        Runtime.getRuntime().availableProcessors());
  }

  /** Where it is not set, the JVM takes as much as for the heap. */
  private static long directLimit() {
    long set =
        Long.parseLong(
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxDirectMemorySize")
                .getValue());
    return set == 0 ? Runtime.getRuntime().maxMemory() : set;
  }

  /**
   * Where nothing is said, a standalone worker gives an executor what it has left: the executor
   * told the driver how many cores these are. On YARN and Kubernetes it is 1.
   */
  private static int cores(Kind kind, JavaSparkContext context, Jvm jvm) {
    return switch (kind) {
      case LOCAL -> context.defaultParallelism();
      case STANDALONE ->
          registeredCores(context, jvm.executor())
              .orElseGet(() -> Math.min(jvm.processors(), context.defaultParallelism()));
      case CONTAINER -> context.getConf().getInt("spark.executor.cores", 1);
    };
  }

  /** What an executor said when it registered; empty where Spark's events lag behind. */
  private static OptionalInt registeredCores(JavaSparkContext context, String executor) {
    try {
      context.sc().listenerBus().waitUntilEmpty();
    } catch (TimeoutException lagging) {
      return OptionalInt.empty();
    }
    return CollectionConverters.asJava(context.sc().statusStore().executorList(true)).stream()
        .filter(known -> known.id().equals(executor))
        .mapToInt(ExecutorSummary::totalCores)
        .findFirst();
  }

  static int slots(int cores, TaskShare task, SparkConf conf) {
    int slots = Math.max(1, cores / task.cpus());
    double gpus = conf.getDouble("spark.executor.resource.gpu.amount", 0);
    if (task.gpus() == 0 || gpus == 0) {
      return slots;
    }
    double onGpus = task.gpus() < 1 ? task.tasksOfAGpu() * gpus : gpus / task.gpus();
    return Math.max(1, (int) Math.min(slots, onGpus));
  }

  /** Which setting of Spark gives room to prefix sums. */
  String heapOrOverhead() {
    return kind.heapKey() + (kind == Kind.CONTAINER ? " and " + OVERHEAD : "");
  }

  /** As YARN and Kubernetes reckon it. */
  static long overhead(SparkConf conf) {
    double share = conf.getDouble("spark.executor.memoryOverheadFactor", 0.1);
    long heap = conf.getSizeAsMb("spark.executor.memory", "1g");
    long least = conf.getSizeAsMb("spark.executor.minMemoryOverhead", "384m");
    long mebibytes =
        conf.contains(OVERHEAD)
            ? conf.getSizeAsMb(OVERHEAD)
            : Math.max(least, (long) (share * heap));
    return mebibytes * MEBIBYTE;
  }
}
