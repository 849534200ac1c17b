package org.mergetomix.expert;

import org.mergetomix.expert.lora.LowRankProduct;

/** How an expert's difference from one tensor of the base is made. */
public sealed interface DeltaForm {

  /** There is none: every element is zero. */
  record Zero() implements DeltaForm {}

  /** It is a product of two small matrices. */
  record Product(LowRankProduct product) implements DeltaForm {}

  /** It is nothing but its elements. */
  record Elements() implements DeltaForm {}
}
