package org.mergetomix.expert;

import java.util.List;
import org.mergetomix.expert.lora.LowRankProduct;

/** How an expert's difference from one tensor of the base is made. */
public sealed interface DeltaForm {

  /** There is none: every element is zero. */
  record Zero() implements DeltaForm {}

  /**
   * It is made of products of two small matrices each, mostly one.
   *
   * @param products each as long as the others, one after the other
   */
  record Products(List<LowRankProduct> products) implements DeltaForm {

    public Products {
      products = List.copyOf(products);
    }
  }

  /** It is nothing but its elements. */
  record Elements() implements DeltaForm {}
}
