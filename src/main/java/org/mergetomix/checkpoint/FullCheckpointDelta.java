package org.mergetomix.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/** The delta of an expert that is given as a full checkpoint: expert minus base, while reading. */
public final class FullCheckpointDelta implements Delta {

  private static final int CHUNK = 2048;

  private final Checkpoint base;
  private final Checkpoint expert;

  private FullCheckpointDelta(Checkpoint base, Checkpoint expert) {
    this.base = base;
    this.expert = expert;
  }

  /**
   * Pairs an expert with the base.
   *
   * <p>The expert belongs to the delta from here on and is closed with it, or at once if it does
   * not match. The base stays the caller's, and must be open as long as the delta is read.
   *
   * @param expertName how the expert is named in messages
   * @throws UserException with every tensor that is missing, extra or differs in shape; stored
   *     types may differ as long as both or neither are floating
   */
  public static FullCheckpointDelta of(Checkpoint base, Checkpoint expert, String expertName) {
    List<Problem> problems = differences(base.tensors(), expert.tensors(), expertName);
    if (!problems.isEmpty()) {
      expert.close();
      throw UserException.input(problems);
    }
    return new FullCheckpointDelta(base, expert);
  }

  private static List<Problem> differences(
      SortedMap<String, TensorSpec> base, SortedMap<String, TensorSpec> expert, String expertName) {
    List<Problem> problems = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>(base.keySet());
    names.addAll(expert.keySet());
    for (String name : names) {
      String where = "expert %s, tensor %s".formatted(expertName, TensorNames.shown(name));
      if (!expert.containsKey(name)) {
        problems.add(
            new Problem(
                "The expert lacks a tensor that the base has as " + base.get(name).describe(),
                where,
                "Save all parameters of the fine-tuned model, under the base's names"));
      } else if (!base.containsKey(name)) {
        problems.add(
            new Problem(
                "The base lacks a tensor that the expert has as " + expert.get(name).describe(),
                where,
                "Fine-tune the expert from this base, and save it under the base's names"));
      } else {
        TensorSpec expected = base.get(name);
        TensorSpec found = expert.get(name);
        if (!expected.shape().equals(found.shape())
            || expected.dtype().floating() != found.dtype().floating()) {
          problems.add(
              new Problem(
                  "Expected %s as in the base, found %s"
                      .formatted(expected.describe(), found.describe()),
                  where,
                  "Fine-tune the expert from this base, and keep its shapes and kinds of numbers"));
        }
      }
    }
    return problems;
  }

  @Override
  public SortedMap<String, TensorSpec> tensors() {
    return base.tensors();
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    expert.read(tensor, offset, destination, length);
    float[] start = new float[Math.min(CHUNK, length)];
    for (int done = 0; done < length; done += start.length) {
      int count = Math.min(start.length, length - done);
      base.read(tensor, offset + done, start, count);
      for (int i = 0; i < count; i++) {
        destination[done + i] -= start[i];
      }
    }
  }

  /** Closes the expert, not the base. */
  @Override
  public void close() {
    expert.close();
  }
}
