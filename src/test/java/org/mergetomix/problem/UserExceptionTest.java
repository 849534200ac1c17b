package org.mergetomix.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class UserExceptionTest {

  private static final Problem UNKNOWN =
      new Problem("Unknown key search.topk", "my.conf:3", "Did you mean search.top-k?");
  private static final Problem MISSING = new Problem("Data file not found", "ca.txt", "");

  @Test
  void writesAProblemOnOneLine() {
    assertThat(new Problem("No dataset", "manifest.conf", "List at least one").message())
        .isEqualTo("No dataset (manifest.conf). List at least one.");
    assertThat(UNKNOWN.message())
        .isEqualTo("Unknown key search.topk (my.conf:3). Did you mean search.top-k?");
    assertThat(MISSING.message()).isEqualTo("Data file not found (ca.txt).");
    assertThat(new Problem("The disk is full", "", "Free some space").message())
        .isEqualTo("The disk is full. Free some space.");
    assertThat(new Problem("The disk is full", "", "").message()).isEqualTo("The disk is full.");
  }

  @Test
  void refusesAProblemWithHoles() {
    assertThatThrownBy(() -> new Problem(null, "", "")).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> new Problem("", null, "")).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> new Problem("", "", null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void tellsAllProblemsALineEach() {
    UserException failure = UserException.usage(List.of(UNKNOWN, MISSING));

    assertThat(failure).hasMessage(UNKNOWN.message() + "\n" + MISSING.message());
    assertThat(failure.problems()).containsExactly(UNKNOWN, MISSING);
  }

  @Test
  void tellsTwentyOfAKindAndCountsTheOthers() {
    List<Problem> many = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      many.add(new Problem("Tensor " + i + " is missing", "file", "Map it"));
      many.add(new Problem("Tensor " + i + " is extra", "file", "Drop it"));
    }
    many.add(new Problem("Something else", "", ""));
    UserException failure = UserException.input(many);

    List<String> told = failure.told().stream().map(Problem::message).toList();
    assertThat(told).hasSize(43).contains("Something else.", "There are 10 more of this kind.");
    assertThat(failure.getMessage().lines()).containsExactlyElementsOf(told);
    assertThat(failure.problems()).isEqualTo(many);
  }

  @Test
  void knowsHowTheProcessEnds() {
    IOException cause = new IOException("why");

    assertThat(UserException.usage("a", "b", "c").exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(UserException.usage(List.of(MISSING)).exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(UserException.input("a", "b", "c").exitCode()).isEqualTo(ExitCode.INPUT);
    assertThat(UserException.input(List.of(MISSING)).exitCode()).isEqualTo(ExitCode.INPUT);
    assertThat(UserException.input("a", "b", "c", cause).exitCode()).isEqualTo(ExitCode.INPUT);
    assertThat(UserException.input("a", "b", "c", cause)).hasCause(cause).hasMessage("a (b). c.");
  }

  @Test
  void putsTheConfigurationBeforeTheInputs() {
    UserException input = UserException.input(List.of(MISSING));
    UserException usage = UserException.usage(List.of(UNKNOWN));

    assertThat(UserException.together(List.of(input, input)).exitCode()).isEqualTo(ExitCode.INPUT);
    assertThat(UserException.together(List.of(input, usage)))
        .hasMessage(MISSING.message() + "\n" + UNKNOWN.message())
        .satisfies(both -> assertThat(both.exitCode()).isEqualTo(ExitCode.USAGE));
  }

  @Test
  void endsWithTheNumbersThatSchedulersKnow() {
    assertThat(Arrays.stream(ExitCode.values()).map(code -> code + " " + code.code()))
        .containsExactly("DONE 0", "UNEXPECTED 1", "USAGE 2", "INPUT 3", "PARTIAL 4");
  }

  @Test
  void keepsItsProblemsOnTheWayFromAnExecutor() throws Exception {
    UserException failure = copy(UserException.input("a", "b", "c", new IOException("why")));

    assertThat(failure.problems()).containsExactly(new Problem("a", "b", "c"));
    assertThat(failure.exitCode()).isSameAs(ExitCode.INPUT);
    assertThat(failure).hasMessage("a (b). c.").cause().hasMessage("why");

    List<Problem> several = List.of(UNKNOWN, MISSING);
    assertThat(copy(UserException.usage(several)).problems()).isEqualTo(several);
  }

  private static UserException copy(UserException failure) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(failure);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (UserException) in.readObject();
    }
  }
}
