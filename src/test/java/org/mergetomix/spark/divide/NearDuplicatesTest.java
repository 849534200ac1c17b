package org.mergetomix.spark.divide;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mergetomix.spark.divide.NearDuplicates.Place;
import scala.Tuple2;

class NearDuplicatesTest {

  private static final int NEEDED = 26;

  /** As many hashes as a row has: the first of one kind, the others of another. */
  private static String hashes(int from, char one, int to, char other) {
    StringBuilder hashes = new StringBuilder();
    for (int hash = 0; hash < NearDuplicates.HASHES; hash++) {
      char value = hash < from ? one : hash >= to ? other : 'x';
      hashes.append(value).append(value);
    }
    return hashes.toString();
  }

  private static Tuple2<Place, String> row(String bucket, long id, String hashes) {
    return new Tuple2<>(new Place(bucket, id), hashes);
  }

  private static List<Tuple2<Long, Long>> edges(List<Tuple2<Place, String>> rows) {
    List<Tuple2<Long, Long>> edges = new ArrayList<>();
    NearDuplicates.edges(rows.iterator(), NEEDED).forEachRemaining(edges::add);
    return edges;
  }

  private static String first() {
    return hashes(0, 'a', 32, 'b');
  }

  private static String second() {
    return hashes(6, 'a', 32, 'b');
  }

  private static String third() {
    return hashes(6, 'a', 26, 'c');
  }

  @Test
  void areLikeOneThatOnlyFollowsAnother() {
    assertThat(edges(List.of(row("k", 1, first()), row("k", 2, second()), row("k", 3, third()))))
        .containsExactly(new Tuple2<>(2L, 1L), new Tuple2<>(3L, 1L));
  }

  @Test
  void connectGroupsThatOneRowIsLike() {
    assertThat(edges(List.of(row("k", 1, first()), row("k", 2, third()), row("k", 3, second()))))
        .containsExactly(new Tuple2<>(3L, 1L), new Tuple2<>(3L, 2L));
  }

  @Test
  void areSoughtInOneBucketOnly() {
    assertThat(edges(List.of(row("k", 1, first()), row("l", 2, first())))).isEmpty();
  }

  @Test
  void areComparedWithNoMoreThanTheLimit() {
    List<Tuple2<Place, String>> rows = new ArrayList<>();
    for (int id = 0; id <= NearDuplicates.MOST; id++) {
      char value = (char) (1000 + id);
      rows.add(row("k", id, hashes(0, 'a', 0, value)));
    }
    long last = NearDuplicates.MOST;
    rows.add(row("k", last + 1, rows.get(0)._2()));
    rows.add(row("k", last + 2, rows.get(NearDuplicates.MOST)._2()));

    assertThat(edges(rows)).containsExactly(new Tuple2<>(last + 1, 0L));
  }
}
