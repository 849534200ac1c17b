package org.mergetomix.family;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;

/**
 * The two layouts of a mixture of experts: a tensor for each expert and matrix, as files have them,
 * and all experts packed into one tensor of three dimensions, as transformers 5 has them in memory.
 *
 * <p>{@code gate_up_proj} is [experts, 2 · inner, outer], of each expert the rows of its gate and
 * then those of its up projection; {@code down_proj} is [experts, outer, inner]. So each matrix of
 * an expert is a run of elements of the packed tensor, in the same order. Names are those of
 * transformers 5.24's {@code conversion_mapping}, of the models that go by {@code qwen2_moe} there
 * ({@code gate_proj}, {@code up_proj}, {@code down_proj}) and by {@code mixtral} ({@code w1},
 * {@code w3}, {@code w2}, and {@code block_sparse_moe} for {@code mlp}). Layouts with inputs before
 * outputs, as of gpt_oss and llama4, have other shapes and never pair.
 */
public final class PackedExperts {

  private static final Pattern ONE =
      Pattern.compile(
          "(.*\\.experts)\\.(\\d{1,6})\\.(gate_proj|up_proj|down_proj|w1|w2|w3)\\.weight");

  private static final Pattern PACKED =
      Pattern.compile("(.*\\.experts)\\.(gate_up_proj|down_proj)");

  private static final Pattern ROUTER =
      Pattern.compile("(.*\\.)(block_sparse_moe\\.gate|mlp\\.gate|mlp\\.router)\\.weight");

  private static final String IN_FILES = ".block_sparse_moe.";

  private static final String IN_MEMORY = ".mlp.";

  private PackedExperts() {}

  /**
   * A run of elements of a tensor.
   *
   * @param offset index of the first, in row-major order
   */
  public record Run(String tensor, long offset, long elements) {}

  /**
   * What a tensor is made of in the other layout.
   *
   * @param shape its own
   * @param runs its elements, in order
   */
  public record Made(List<Long> shape, List<Run> runs) {

    public Made {
      shape = List.copyOf(shape);
      runs = List.copyOf(runs);
    }

    /** What happens to a piece of a run. */
    @FunctionalInterface
    public interface Piece {
      /**
       * Takes a piece.
       *
       * @param offset its place in the run's tensor
       * @param from its place among the elements that were asked for
       */
      void take(String tensor, long offset, int from, int length);
    }

    /** Goes through the pieces of a range of the tensor's elements, in order. */
    public void each(long offset, int length, Piece piece) {
      long start = 0;
      for (Run run : runs) {
        long from = Math.max(offset, start);
        long to = Math.min(offset + length, start + run.elements());
        if (from < to) {
          piece.take(
              run.tensor(), run.offset() + from - start, (int) (from - offset), (int) (to - from));
        }
        start += run.elements();
      }
    }

    /** Reads elements of the tensor from where it is stored in the other layout. */
    public void read(TensorSource stored, long offset, float[] destination, int length) {
      each(
          offset,
          length,
          (tensor, at, from, count) -> {
            float[] piece = new float[count];
            stored.read(tensor, at, piece, count);
            System.arraycopy(piece, 0, destination, from, count);
          });
    }
  }

  /** What a matrix of an expert would be in, in memory; or a name that is itself of that kind. */
  public static Optional<String> packed(String name) {
    Matcher one = ONE.matcher(name);
    if (one.matches()) {
      boolean down = one.group(3).equals("down_proj") || one.group(3).equals("w2");
      return Optional.of(
          one.group(1).replace(IN_FILES, IN_MEMORY) + (down ? ".down_proj" : ".gate_up_proj"));
    }
    return Optional.of(name).filter(each -> PACKED.matcher(each).matches());
  }

  /**
   * A tensor of experts, or their router, as it can be made of what is there in the other layout.
   *
   * @param name the tensor that is wanted
   * @param stored what is there
   * @return empty if it is no such tensor, or not all that it needs is there in one shape
   */
  public static Optional<Made> made(String name, SortedMap<String, TensorSpec> stored) {
    Matcher one = ONE.matcher(name);
    if (one.matches()) {
      return ofPacked(one.group(1), Long.parseLong(one.group(2)), one.group(3), stored);
    }
    Matcher packed = PACKED.matcher(name);
    if (packed.matches()) {
      List<String> parts =
          packed.group(2).equals("down_proj")
              ? List.of("down_proj")
              : List.of("gate_proj", "up_proj");
      return modules(packed.group(1))
          .flatMap(module -> ofEach(module, parts, stored).stream())
          .findFirst();
    }
    Matcher router = ROUTER.matcher(name);
    return router.matches() ? router(router.group(1), name, stored) : Optional.empty();
  }

  private static Stream<String> modules(String module) {
    return Stream.of(
            module, module.replace(IN_FILES, IN_MEMORY), module.replace(IN_MEMORY, IN_FILES))
        .distinct();
  }

  private static Optional<Made> ofPacked(
      String module, long expert, String matrix, SortedMap<String, TensorSpec> stored) {
    boolean down = matrix.equals("down_proj") || matrix.equals("w2");
    boolean up = matrix.equals("up_proj") || matrix.equals("w3");
    return modules(module)
        .flatMap(
            each -> Stream.ofNullable(stored.get(each + (down ? ".down_proj" : ".gate_up_proj"))))
        .filter(tensor -> tensor.shape().size() == 3 && expert < tensor.shape().get(0))
        .filter(tensor -> down || tensor.shape().get(1) % 2 == 0)
        .findFirst()
        .map(
            tensor -> {
              long rows = tensor.shape().get(1) / (down ? 1 : 2);
              long columns = tensor.shape().get(2);
              long first = expert * tensor.shape().get(1) + (up ? rows : 0);
              return new Made(
                  List.of(rows, columns),
                  List.of(new Run(tensor.name(), first * columns, rows * columns)));
            });
  }

  private static Optional<Made> ofEach(
      String module, List<String> matrices, SortedMap<String, TensorSpec> stored) {
    List<Run> runs = new ArrayList<>();
    List<Long> shape = List.of();
    long experts = 0;
    while (true) {
      List<TensorSpec> found = new ArrayList<>();
      for (String matrix : matrices) {
        one(module, experts, matrix, stored).ifPresent(found::add);
      }
      if (found.isEmpty()) {
        break;
      }
      shape = experts == 0 ? found.get(0).shape() : shape;
      for (TensorSpec tensor : found) {
        if (!tensor.shape().equals(shape) || shape.size() != 2 || found.size() < matrices.size()) {
          return Optional.empty();
        }
        runs.add(new Run(tensor.name(), 0, tensor.elements()));
      }
      experts++;
    }
    return experts == 0
        ? Optional.empty()
        : Optional.of(
            new Made(List.of(experts, shape.get(0) * matrices.size(), shape.get(1)), runs));
  }

  private static Optional<TensorSpec> one(
      String module, long expert, String matrix, SortedMap<String, TensorSpec> stored) {
    String brief =
        switch (matrix) {
          case "gate_proj" -> "w1";
          case "up_proj" -> "w3";
          default -> "w2";
        };
    return Stream.of(matrix, brief)
        .map(name -> "%s.%s.%s.weight".formatted(module, expert, name))
        .flatMap(name -> Stream.ofNullable(stored.get(name)))
        .findFirst();
  }

  /** Where experts are packed, the module around them has another name too. */
  private static Optional<Made> router(
      String layer, String name, SortedMap<String, TensorSpec> stored) {
    return Stream.of("block_sparse_moe.gate", "mlp.gate", "mlp.router")
        .map(module -> layer + module + ".weight")
        .filter(other -> !other.equals(name))
        .flatMap(other -> Stream.ofNullable(stored.get(other)))
        .findFirst()
        .map(
            tensor ->
                new Made(tensor.shape(), List.of(new Run(tensor.name(), 0, tensor.elements()))));
  }
}
