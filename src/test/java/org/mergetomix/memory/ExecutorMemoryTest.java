package org.mergetomix.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.plan.TaskShare;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class ExecutorMemoryTest {

  private static final long MIB = 1 << 20;

  @Test
  void sharesCoresAndGpusAmongTasks() {
    assertThat(ExecutorMemory.slots(8, new TaskShare(1, 0), conf(Map.of()))).isEqualTo(8);
    assertThat(ExecutorMemory.slots(8, new TaskShare(3, 0), conf(Map.of()))).isEqualTo(2);
    assertThat(ExecutorMemory.slots(2, new TaskShare(3, 0), conf(Map.of()))).isEqualTo(1);
    SparkConf gpus = conf(Map.of("spark.executor.resource.gpu.amount", "2"));
    assertThat(ExecutorMemory.slots(8, new TaskShare(1, 1), gpus)).isEqualTo(2);
    assertThat(ExecutorMemory.slots(8, new TaskShare(1, 0.4), gpus)).isEqualTo(4);
    assertThat(ExecutorMemory.slots(8, new TaskShare(1, 0.1), gpus)).isEqualTo(8);
  }

  @Test
  void reckonsOverheadAsSparkDoes() {
    assertThat(ExecutorMemory.overhead(conf(Map.of()))).isEqualTo(384 * MIB);
    assertThat(ExecutorMemory.overhead(conf(Map.of("spark.executor.memory", "20g"))))
        .isEqualTo(2048 * MIB);
    assertThat(
            ExecutorMemory.overhead(
                conf(
                    Map.of(
                        "spark.executor.memory",
                        "20g",
                        "spark.executor.memoryOverheadFactor",
                        "0.4"))))
        .isEqualTo(8192 * MIB);
    assertThat(ExecutorMemory.overhead(conf(Map.of("spark.executor.memoryOverhead", "512"))))
        .isEqualTo(512 * MIB);
    assertThat(ExecutorMemory.overhead(conf(Map.of("spark.executor.memoryOverhead", "3g"))))
        .isEqualTo(3072 * MIB);
  }

  @Test
  void asksThisJvmOnALocalMaster(SparkSession spark, @TempDir Path folder) {
    ExecutorMemory memory =
        ExecutorMemory.ask(spark, SmallRun.withoutExperts(folder).configuration());

    assertThat(memory.kind()).isEqualTo(ExecutorMemory.Kind.LOCAL);
    assertThat(memory.modelsOfAGpu()).isZero();
    assertThat(memory.slots()).isEqualTo(2);
    assertThat(memory.direct()).isGreaterThan(64 * MIB);
    assertThat(memory.physical()).isGreaterThan(512 * MIB);
    assertThat(memory.outsideHeap()).isEqualTo(memory.physical());
  }

  private static SparkConf conf(Map<String, String> settings) {
    SparkConf conf = new SparkConf(false);
    settings.forEach(conf::set);
    return conf;
  }
}
