package org.mergetomix.expert;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** The form of an expert. */
public enum ExpertKind {
  /** Found out: an adapter by its files, everything else by its metadata. */
  AUTO(""),
  /** All parameters of the fine-tuned model. */
  FULL("full"),
  /** Fine-tuned minus base, a tensor for a tensor. */
  DELTA("delta"),
  /** A PEFT LoRA adapter: a folder with its configuration and its factors. */
  LORA("lora"),
  /** The elements that moved, and where they are; see {@link SparseDelta}. */
  SPARSE("sparse-delta");

  /** The metadata entry of a safetensors file that says which form it has. */
  public static final String METADATA = "merge-to-mix.kind";

  private final String text;

  ExpertKind(String text) {
    this.text = text;
  }

  /** How metadata calls it; empty for {@link #AUTO}. */
  public String text() {
    return text;
  }

  /** The form that metadata calls so; an adapter is known by its files and never so. */
  static Optional<ExpertKind> ofMetadata(String text) {
    return Stream.of(FULL, DELTA, SPARSE).filter(kind -> kind.text.equals(text)).findFirst();
  }

  /** What metadata may say, for messages. */
  static String metadataTexts() {
    return String.join(
        ", ",
        Arrays.stream(values())
            .filter(kind -> ofMetadata(kind.text).isPresent())
            .map(ExpertKind::text)
            .toList());
  }
}
