package org.mergetomix.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mergetomix.expert.Delta;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetSpace;
import org.mergetomix.tensor.Layout;

class OnePassMergerTest {

  private static final Merging SEVEN = Merging.random(7, 11);
  private static final List<Mixture> SUBSETS = subsets(SEVEN);

  static List<MergeMethod> methods() {
    return Merging.methods();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void givesTheBitsOfMergingEachAlone(MergeMethod method) {
    Merging three = Merging.random(3, 5);
    PreparedExperts prepared = three.prepared(method);
    List<Mixture> mixtures = new ArrayList<>(subsets(three));
    mixtures.add(Mixture.parse("a:0.25+c:0.75"));
    List<MemoryTensors> merged =
        mixtures.stream().map(mixture -> MemoryTensors.like(three.base())).toList();

    new OnePassMerger(prepared)
        .merge(
            mixtures,
            (mixture, tensor, offset, source, length) ->
                merged.get(mixture).write(tensor, offset, source, length));

    for (int i = 0; i < mixtures.size(); i++) {
      assertThat(bits(merged.get(i).all()))
          .as(method + " " + mixtures.get(i))
          .isEqualTo(bits(three.merge(method, mixtures.get(i)).all()));
    }
  }

  @Test
  void readsBaseAndExpertsOnceWhateverTheNumberOfMixtures() {
    for (int count : new int[] {3, 127}) {
      Merging seven = Merging.random(7, 11);

      List<Mixture> mixtures = SUBSETS.subList(127 - count, 127);

      merge(seven, mixtures);

      long elements = seven.base().all().length;
      assertThat(seven.base().elementsRead()).isEqualTo(elements);
      mixtures.stream()
          .flatMap(mixture -> mixture.datasets().stream())
          .forEach(
              dataset -> assertThat(elementsRead(seven, dataset)).as(dataset).isEqualTo(elements));
    }
  }

  @Test
  void allocatesNoMoreForManyMixtures() {
    List<Mixture> few = List.of(SUBSETS.get(0), SUBSETS.get(6), SEVEN.all());
    merge(SEVEN, SUBSETS);
    long direct = directBytes();

    long ofFew = allocated(() -> merge(SEVEN, few));
    long ofMany = allocated(() -> merge(SEVEN, SUBSETS));

    // A mixture may cost its description, but nothing as large as a chunk.
    assertThat(ofMany - ofFew).isLessThan((SUBSETS.size() - few.size()) * 4L * Layout.CHUNK / 2);
    assertThat(directBytes()).isLessThanOrEqualTo(direct);
  }

  private static void merge(Merging merging, List<Mixture> mixtures) {
    new OnePassMerger(merging.prepared(Merging.method("average")))
        .merge(mixtures, (mixture, tensor, offset, source, length) -> {});
  }

  private static List<Mixture> subsets(Merging merging) {
    SubsetSpace space = SubsetSpace.of(merging.datasets(), 1, merging.datasets().size());
    return LongStream.range(0, space.size()).mapToObj(space::at).toList();
  }

  private static long elementsRead(Merging merging, String dataset) {
    Delta delta = merging.deltas().get(dataset);
    return ((MemoryTensors) delta).elementsRead();
  }

  private static long allocated(Runnable work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    work.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
