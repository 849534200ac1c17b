package org.mergetomix.tensor;

import java.util.ArrayList;
import java.util.List;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * What is wrong with one input, gathered so that a user hears of everything at once. One thread.
 */
public final class Complaints {

  private final String input;
  private final List<Problem> problems = new ArrayList<>();

  /** No complaint yet about what messages call {@code input}. */
  public Complaints(String input) {
    this.input = input;
  }

  /** Adds a complaint. */
  public void add(String what, String where, String remedy) {
    problems.add(new Problem(what, where, remedy));
  }

  /** A complaint about a tensor of the input. */
  public void addTensor(String what, String tensor, String remedy) {
    add(what, "%s, tensor %s".formatted(input, TensorNames.shown(tensor)), remedy);
  }

  /** Does something, and keeps what it complains about. */
  public void gather(Runnable check) {
    try {
      check.run();
    } catch (UserException found) {
      problems.addAll(found.problems());
    }
  }

  /** Throws everything, if there is anything. */
  public void refuseIfAny() {
    UserException.inputIfAny(problems);
  }
}
