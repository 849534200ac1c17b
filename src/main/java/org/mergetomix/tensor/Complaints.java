package org.mergetomix.tensor;

import java.util.ArrayList;
import java.util.List;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * What is wrong with one input, gathered so that a user hears of everything at once. Beyond a limit
 * problems are only counted: a wrong prefix makes one for every tensor of a model. Not thread-safe.
 */
public final class Complaints {

  private static final int LIMIT = 50;

  private final String input;
  private final List<Problem> problems = new ArrayList<>();
  private int unsaid;

  /** No complaint yet about what messages call {@code input}. */
  public Complaints(String input) {
    this.input = input;
  }

  /** Adds a complaint. */
  public void add(String what, String where, String remedy) {
    add(new Problem(what, where, remedy));
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
      found.problems().forEach(this::add);
    }
  }

  /** Throws everything, if there is anything. */
  public void refuseIfAny() {
    if (problems.isEmpty()) {
      return;
    }
    List<Problem> told = new ArrayList<>(problems);
    if (unsaid > 0) {
      told.add(new Problem("There are %s problems more".formatted(unsaid), input, ""));
    }
    throw UserException.input(told);
  }

  private void add(Problem problem) {
    if (problems.size() < LIMIT) {
      problems.add(problem);
    } else {
      unsaid++;
    }
  }
}
