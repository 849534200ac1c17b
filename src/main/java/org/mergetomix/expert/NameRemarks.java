package org.mergetomix.expert;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.mergetomix.problem.Problem;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.WrapperNames;

/** What was made of a checkpoint's names without being asked: each kind is said once. */
final class NameRemarks {

  private final String checkpoint;
  private final List<String> buffers = new ArrayList<>();
  private final List<String> wrapped = new ArrayList<>();

  /** Nothing yet about what messages call {@code checkpoint}. */
  NameRemarks(String checkpoint) {
    this.checkpoint = checkpoint;
  }

  /** A tensor that was passed over since it is no weight. */
  void buffer(String name) {
    buffers.add(name);
  }

  /** A tensor that the base has under a name that may be shorter by what wrappers put there. */
  void renamed(String name, String inBase) {
    renamed(name, name, inBase);
  }

  /** The same of a tensor whose name has another in it, which is wrapped too. */
  void renamed(String name, String inner, String inBase) {
    if (WrapperNames.in(inBase).isEmpty()) {
      Stream.of(name, inner)
          .map(WrapperNames::in)
          .filter(wrapper -> !wrapper.isEmpty())
          .findFirst()
          .ifPresent(wrapped::add);
    }
  }

  /** The remarks, as warnings. */
  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    if (!wrapped.isEmpty()) {
      problems.add(
          new Problem(
              "The names have %s, which a wrapper put there; it was taken off %s of them"
                  .formatted(wrapped.get(0), wrapped.size()),
              checkpoint,
              ""));
    }
    if (!buffers.isEmpty()) {
      problems.add(
          new Problem(
              "Some tensors are buffers and no weights, as %s; %s were passed over"
                  .formatted(TensorNames.shown(buffers.get(0)), buffers.size()),
              checkpoint,
              ""));
    }
    return problems;
  }
}
