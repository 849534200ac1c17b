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
 * <p>{@link org.mergetomix.checkpoint.ShardedCheckpoint} is one in a folder as Hugging Face writes
 * it; {@code FolderBoundary} keeps what its index names inside the folder. {@code
 * Checkpoint.open(path)} takes a file or a folder.
 *
 * <p>A {@link org.mergetomix.checkpoint.Delta} is how far an expert moved from the base. {@code
 * Delta.open(base, path, policy)} takes an expert in any form: a full checkpoint ({@link
 * org.mergetomix.checkpoint.FullCheckpointDelta} subtracts while it is read), a delta ({@link
 * org.mergetomix.checkpoint.StoredDelta}), a PEFT LoRA adapter ({@link
 * org.mergetomix.checkpoint.LoraDelta}, put together by {@code AdapterReader}) or a sparse delta
 * ({@link org.mergetomix.checkpoint.SparseDelta}, which documents its layout); {@code
 * CheckpointDelta} is what three of them share. {@link org.mergetomix.checkpoint.ExpertPolicy} says
 * what to make of other names and of tensors that do not pair; {@code TensorPairing} applies it.
 *
 * <p>{@link org.mergetomix.checkpoint.Digests} names contents, so that the same work is recognised
 * again. No file here is ever unpickled, and no path that a file names leads out of its folder.
 */
package org.mergetomix.checkpoint;
