package org.mergetomix.tensor;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** How an element of a tensor is stored. The constants are the names used in safetensors files. */
public enum DType {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  /** Four exponent and three fraction bits; no infinities, one NaN of each sign ("fn"). */
  F8_E4M3(1),
  /** Five exponent and two fraction bits: the upper half of an {@link #F16}. */
  F8_E5M2(1),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U8(1),
  BOOL(1);

  /** Types that the format knows and this project does not read. */
  private static final Set<String> NOT_READ =
      Set.of(
          "F4",
          "F6_E2M3",
          "F6_E3M2",
          "F8_E8M0",
          "F8_E4M3FNUZ",
          "F8_E5M2FNUZ",
          "U16",
          "U32",
          "U64",
          "C64");

  private static final Map<String, DType> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(DType::name, dtype -> dtype));

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one element in bytes: 1, 2, 4 or 8. */
  public int bytes() {
    return bytes;
  }

  /** Whether elements are floating-point numbers, so that they can be widened to float32. */
  public boolean floating() {
    return switch (this) {
      case F64, F32, F16, BF16, F8_E4M3, F8_E5M2 -> true;
      case I64, I32, I16, I8, U8, BOOL -> false;
    };
  }

  /**
   * The type that a safetensors header calls by this name; empty for a name that is unknown or not
   * read. Names are case-sensitive.
   */
  public static Optional<DType> parse(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** Why {@link #parse} found nothing, as the end of a sentence. */
  public static String refusal(String name) {
    return NOT_READ.contains(name)
        ? "has dtype %s, which is not supported".formatted(name)
        : "has an unknown dtype, %s".formatted(TensorNames.shown(name));
  }
}
