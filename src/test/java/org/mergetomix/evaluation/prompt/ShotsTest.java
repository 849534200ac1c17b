package org.mergetomix.evaluation.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mergetomix.problem.UserException;

class ShotsTest {

  private static final Turn TURN = new Turn("2+2=", " ", "4");

  private static List<Turn> turns(int count) {
    return IntStream.range(0, count)
        .mapToObj(number -> new Turn(number + "=", " ", Integer.toString(number)))
        .toList();
  }

  /** What {@code random.Random(seed).sample(range(size), count)} gave, twice in turn. */
  @ParameterizedTest
  @CsvSource({
    "1234, 20, 3, '[14, 3, 0]', '[2, 18]'",
    "1234, 1000, 3, '[989, 796, 451]', '[119, 7]'",
    "0, 30, 7, '[27, 12, 24, 13, 1, 8, 16]', '[15, 12]'",
    "7, 5, 5, '[2, 1, 3, 0, 4]', '[4, 0]'",
    "5, 86, 20, '[79, 32, 45, 83, 67, 3, 59, 31, 6, 20, 14, 47, 60, 48, 69, 13, 73, 1, 27, 52]',"
        + " '[35, 23]'"
  })
  void drawsAsPythonDoes(int seed, int size, int count, String first, String second) {
    List<Integer> numbers = IntStream.range(0, size).boxed().toList();
    PythonRandom random = new PythonRandom(seed);

    assertThat(random.sample(numbers, count)).hasToString(first);
    assertThat(random.sample(numbers, count).subList(0, 2)).hasToString(second);
  }

  @ParameterizedTest
  @CsvSource({"RANDOM", "FIRST"})
  void neverShowsTheQuestionItself(Shots.Taken taken) {
    List<Turn> turns = turns(9);
    List<List<Turn>> shots = new Shots(8, taken, 3).before(turns, "data");

    for (int i = 0; i < turns.size(); i++) {
      assertThat(shots.get(i)).hasSize(8).doesNotContain(turns.get(i)).doesNotHaveDuplicates();
    }
  }

  @Test
  void showsNoQuestionThatReadsTheSame() {
    List<Turn> turns = List.of(TURN, TURN, TURN, new Turn("1+1=", " ", "2"));

    for (Shots.Taken taken : Shots.Taken.values()) {
      assertThat(new Shots(1, taken, 3).before(turns, "data").subList(0, 3))
          .allMatch(shots -> shots.equals(List.of(turns.get(3))));
    }
  }

  @Test
  void refusesTooFewQuestions() {
    assertThatThrownBy(() -> new Shots(3, Shots.Taken.RANDOM, 0).before(turns(3), "sums.jsonl"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "There are 3 different questions, too few for 3 worked examples before each"
                + " (sums.jsonl). Lower shots of the task.");
    for (Shots.Taken taken : Shots.Taken.values()) {
      assertThatThrownBy(() -> new Shots(1, taken, 0).before(List.of(TURN, TURN), "sums.jsonl"))
          .hasMessageStartingWith("There are 1 different questions");
    }
  }
}
