package org.mergetomix.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

class AttemptTest {

  @Test
  void aRefusalTravelsWhateverCausedIt() throws IOException, ClassNotFoundException {
    Attempt<String> refused =
        Attempt.of(
            () -> {
              throw UserException.input("It is broken", "here", "Mend it", new Unserializable());
            });

    UserException refusal =
        catchThrowableOfType(
            UserException.class, () -> Attempt.results(List.of(travelled(refused))));

    assertThat(refusal.problems()).containsExactly(new Problem("It is broken", "here", "Mend it"));
    assertThat(refusal.exitCode()).isEqualTo(ExitCode.INPUT);
  }

  @Test
  void refusalsAreToldTogetherAndOnce() {
    UserException refusal =
        catchThrowableOfType(
            UserException.class,
            () ->
                Attempt.results(
                    List.of(
                        new Attempt.Done<>("done"),
                        refused("one"),
                        refused("two"),
                        refused("one"))));

    assertThat(refusal.problems()).extracting(Problem::what).containsExactly("one", "two");
  }

  @Test
  void resultsKeepTheirOrder() {
    assertThat(Attempt.results(List.of(Attempt.of(() -> "b"), Attempt.of(() -> "a"))))
        .containsExactly("b", "a");
  }

  private static Attempt<String> refused(String what) {
    return new Attempt.Refused<>(ExitCode.INPUT, List.of(new Problem(what, "", "")));
  }

  @SuppressWarnings("unchecked")
  private static Attempt<String> travelled(Attempt<String> attempt)
      throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(attempt);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (Attempt<String>) in.readObject();
    }
  }

  /** What a store may throw. */
  private static final class Unserializable extends IOException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial")
    private final Object connection = new Object();

    @Override
    public String getMessage() {
      return connection.toString();
    }
  }
}
