/**
 * A model's folder as Hugging Face writes it, with what lies beside its tensors.
 *
 * <p>{@link org.mergetomix.folder.Checkpoints} opens whatever a checkpoint is stored in. Of a
 * folder, {@link org.mergetomix.folder.CheckpointFolder} says which files count and {@link
 * org.mergetomix.folder.FolderBoundary} what is inside of it, for an index or a link may lead
 * anywhere; {@code ShardedCheckpoint} is one file or several with a {@code ShardIndex}. {@link
 * org.mergetomix.folder.CheckpointFolderWriter} writes one. {@link
 * org.mergetomix.folder.JsonDocument} reads the JSON that nobody trusts, {@link
 * org.mergetomix.folder.Digests} names contents.
 */
package org.mergetomix.folder;
