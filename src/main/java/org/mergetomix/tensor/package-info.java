/**
 * Named tensors.
 *
 * <p>{@link org.mergetomix.tensor.TensorSpec} is what a tensor is without its elements, {@link
 * org.mergetomix.tensor.DType} how those are stored, {@link org.mergetomix.tensor.TensorNames} what
 * it may be called. {@link org.mergetomix.tensor.Checkpoint} is what every file format gives: a
 * {@link org.mergetomix.tensor.TensorSource} of elements as float32, a range at a time, of which a
 * {@link org.mergetomix.tensor.TensorReader} looks at one tensor; a {@link
 * org.mergetomix.tensor.TensorSink} takes them. {@link org.mergetomix.tensor.Widening} and {@link
 * org.mergetomix.tensor.Narrowing} are the arithmetic between.
 *
 * <p>{@link org.mergetomix.tensor.Layout} is how a merge goes over all tensors of a base, a chunk
 * at a time. {@link org.mergetomix.tensor.Refusal} and {@link org.mergetomix.tensor.Complaints} say
 * what is wrong with a file.
 */
package org.mergetomix.tensor;
