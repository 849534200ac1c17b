package org.mergetomix.manifest;

/** How text becomes the numbers that the model reads. */
public enum Tokenizer {
  /** One token a byte of UTF-8. */
  BYTES
}
