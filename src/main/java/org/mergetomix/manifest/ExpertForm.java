package org.mergetomix.manifest;

import java.util.List;

/**
 * In which form an expert comes, and how it may differ from the base. Immutable.
 *
 * @param kind what the file or folder holds
 * @param prefixes how the expert's names become the base's: the first that fits, and no other
 * @param missing what becomes of a tensor that only the base has
 * @param extra what becomes of a tensor that only the expert has
 * @param ignored names of the expert that are passed over, exact or a prefix ending with {@code *};
 *     empty unless {@code extra} is {@link Extra#IGNORE_LISTED}
 */
public record ExpertForm(
    Kind kind, List<Prefix> prefixes, Missing missing, Extra extra, List<String> ignored) {

  /** The base's names and tensors, in a form that shows. */
  public static final ExpertForm PLAIN =
      new ExpertForm(Kind.AUTO, List.of(), Missing.FAIL, Extra.FAIL, List.of());

  public ExpertForm {
    prefixes = List.copyOf(prefixes);
    ignored = List.copyOf(ignored);
  }

  /** What an expert's file or folder holds. */
  public enum Kind {
    /** Found out by its files and its metadata. */
    AUTO,
    /** All parameters of the fine-tuned model. */
    FULL,
    /** Fine-tuned minus base. */
    DELTA,
    /** A PEFT LoRA adapter. */
    LORA,
    /** The elements that moved. */
    SPARSE
  }

  /** What becomes of a tensor that the base has and the expert lacks. */
  public enum Missing {
    /** The expert is refused. */
    FAIL,
    /** The base's is taken: its delta is zero. */
    BASE
  }

  /** What becomes of a tensor that the expert has and the base lacks. */
  public enum Extra {
    /** The expert is refused. */
    FAIL,
    /** It is passed over if it is listed; otherwise the expert is refused. */
    IGNORE_LISTED
  }

  /**
   * The beginning of names in the expert, and what it is in the base; either may be empty.
   *
   * @param from in the expert
   * @param to in the base
   */
  public record Prefix(String from, String to) {}
}
