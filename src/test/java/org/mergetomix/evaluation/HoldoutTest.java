package org.mergetomix.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.Example;
import org.mergetomix.data.RowCounts;
import org.mergetomix.data.RowPlace;
import org.mergetomix.problem.UserException;

class HoldoutTest {

  private static final String DIGEST = "0f".repeat(32);

  @Property(tries = 200, seed = "1")
  void everyRowIsOnOneSide(
      @ForAll @Size(min = 2, max = 40) @UniqueElements List<@IntRange(max = 1000) Integer> rows,
      @ForAll @DoubleRange(min = 0.01, max = 0.99) double share,
      @ForAll int seed) {
    Holdout holdout = new Holdout(share, seed);
    List<Placed<Integer>> all = placed(rows);
    List<Placed<Integer>> search = holdout.rows(all, TaskSplit.SEARCH, DIGEST, "data");
    List<Placed<Integer>> confirm = holdout.rows(all, TaskSplit.CONFIRM, DIGEST, "data");

    assertThat(search).isNotEmpty().isSubsetOf(all).doesNotContainAnyElementsOf(confirm);
    assertThat(confirm).isNotEmpty().isSubsetOf(all);
    assertThat(search.size() + confirm.size()).isEqualTo(all.size());
    long wanted = Math.round(share * all.size());
    assertThat((long) confirm.size()).isEqualTo(Math.min(Math.max(1, wanted), all.size() - 1L));
  }

  @Test
  void keepsTheOrderOfTheDataOnBothSides() {
    List<Placed<Integer>> all = placed(IntStream.range(0, 100).boxed().toList());

    for (TaskSplit side : TaskSplit.values()) {
      assertThat(new Holdout(0.5, 1).rows(all, side, DIGEST, "data"))
          .hasSize(50)
          .extracting(Placed::meaning)
          .isSorted();
    }
  }

  @Test
  void drawsOthersByAnotherSeedOrOtherData() {
    List<Placed<Integer>> all = placed(IntStream.range(0, 100).boxed().toList());
    List<Placed<Integer>> drawn = new Holdout(0.5, 1).rows(all, TaskSplit.CONFIRM, DIGEST, "data");

    assertThat(new Holdout(0.5, 1).rows(all, TaskSplit.CONFIRM, DIGEST, "elsewhere"))
        .isEqualTo(drawn);
    assertThat(new Holdout(0.5, 2).rows(all, TaskSplit.CONFIRM, DIGEST, "data"))
        .isNotEqualTo(drawn);
    assertThat(new Holdout(0.5, 1).rows(all, TaskSplit.CONFIRM, "00".repeat(32), "data"))
        .isNotEqualTo(drawn);
  }

  @Test
  void keepsRowsThatAreTheSameTogether() {
    List<Integer> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      rows.add(i % 20);
    }
    Holdout holdout = new Holdout(0.3, 1);

    assertThat(meanings(holdout, rows, TaskSplit.SEARCH))
        .doesNotContainAnyElementsOf(meanings(holdout, rows, TaskSplit.CONFIRM));
    assertThat(meanings(holdout, rows, TaskSplit.CONFIRM)).hasSize(18);
  }

  @Test
  void refusesRowsOfWhichNoTwoDiffer() {
    for (List<Integer> rows : List.of(List.of(7), List.of(7, 7, 7))) {
      assertThatThrownBy(() -> meanings(new Holdout(0.5, 1), rows, TaskSplit.SEARCH))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("none can be held out");
    }
    assertThatThrownBy(() -> Holdout.require(new RowCounts(3, 0, 2), "data"))
        .isInstanceOf(UserException.class);
  }

  @Test
  void aTaskHasTheRowsOfItsSideAlone() {
    List<Placed<Integer>> all = placed(List.of(1, 2, 3, 4));
    TextData text = new TextData("data", TokenizerSource.BYTES, 16);
    Holdout half = new Holdout(0.5, 1);

    assertThat(new TaskData(text, DIGEST).rows(all)).isEqualTo(all);
    for (TaskSplit side : TaskSplit.values()) {
      TaskData data = new TaskData(text, DIGEST, List.of(new TaskData.Part(half, side)), List.of());
      assertThat(data.rows(all)).isEqualTo(half.rows(all, side, DIGEST, "data"));
    }
  }

  @Test
  void aTrainingSeesTheRowsOfItsSideAlone(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("data.txt"), List.of("one", "two", "three", "four"));
    TextData text = new TextData(file.toString(), TokenizerSource.BYTES, 16);
    Holdout half = new Holdout(0.5, 1);
    List<Example> both = new ArrayList<>();
    for (TaskSplit side : TaskSplit.values()) {
      TaskData data = new TaskData(text, DIGEST, List.of(new TaskData.Part(half, side)), List.of());
      both.addAll(data.trained());
      assertThat(data.trained()).hasSize(2);
      assertThat(data.training().windows()).hasSize(2);
    }

    assertThat(both).containsExactlyInAnyOrderElementsOf(new TaskData(text, DIGEST).trained());
    assertThat(new TaskData(text, DIGEST).training().windows()).hasSize(4);
  }

  private static List<Integer> meanings(Holdout holdout, List<Integer> rows, TaskSplit side) {
    return holdout.rows(placed(rows), side, DIGEST, "data").stream().map(Placed::meaning).toList();
  }

  private static List<Placed<Integer>> placed(List<Integer> rows) {
    return IntStream.range(0, rows.size())
        .mapToObj(i -> new Placed<>(new RowPlace("data", RowPlace.Unit.LINE, i + 1), rows.get(i)))
        .toList();
  }
}
