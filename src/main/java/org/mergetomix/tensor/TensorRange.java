package org.mergetomix.tensor;

/**
 * A tensor and where it lies.
 *
 * @param begin its first byte, counted from the start of the data
 * @param end one past its last byte
 */
public record TensorRange(TensorSpec spec, long begin, long end) {}
