/**
 * A checkpoint is named tensors.
 *
 * <p>Start with {@link org.mergetomix.checkpoint.Checkpoint}: it lists its tensors ({@link
 * org.mergetomix.checkpoint.TensorSpec}) and widens any range of one to float32, whatever {@link
 * org.mergetomix.checkpoint.DType} it is stored in. {@link
 * org.mergetomix.checkpoint.SafetensorsFile} is one in a mapped file; its header is read by {@code
 * HeaderParser}, which refuses everything that is not plainly right, and judged by {@code
 * SafetensorsHeader}, so that nothing is mapped or allocated because a broken file says so. {@link
 * org.mergetomix.checkpoint.SafetensorsWriter} writes one, whole or not at all.
 *
 * <p>A {@link org.mergetomix.checkpoint.Delta} is how far an expert moved from the base: {@link
 * org.mergetomix.checkpoint.FullCheckpointDelta} subtracts one checkpoint from another while it is
 * read. {@link org.mergetomix.checkpoint.Digests} names contents, so that the same work is
 * recognised again.
 */
package org.mergetomix.checkpoint;
