package org.mergetomix.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What trainers put into the names of the modules that they wrap, and leave there when they save:
 * torch.compile, fully sharded and plain data parallelism, activation checkpointing.
 */
public final class WrapperNames {

  private static final String DATA_PARALLEL = "module";

  /** Wherever they stand; nobody calls a module of a model so. */
  private static final Set<String> ANYWHERE =
      Set.of("_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_forward_module");

  private WrapperNames() {}

  /** The name that the tensor had in the model that was wrapped. */
  public static String takenOff(String name) {
    List<String> parts =
        Arrays.stream(name.split("\\.", -1)).filter(part -> !ANYWHERE.contains(part)).toList();
    boolean wrapped = parts.size() > 1 && parts.get(0).equals(DATA_PARALLEL);
    return String.join(".", wrapped ? parts.subList(1, parts.size()) : parts);
  }

  /** The wrappers that a name has, for a message; empty where it has none. */
  public static String in(String name) {
    List<String> parts = Arrays.asList(name.split("\\.", -1));
    String found =
        parts.stream()
            .filter(ANYWHERE::contains)
            .distinct()
            .map(part -> part + ".")
            .collect(Collectors.joining(", "));
    boolean wrapped = takenOff(name).length() < name.length();
    return found.isEmpty() && wrapped ? DATA_PARALLEL + "." : found;
  }
}
