/**
 * A model's folder as Hugging Face writes it: one file or an index with shards, and what lies
 * beside them. {@link org.mergetomix.folder.Checkpoints} opens whatever a checkpoint is stored in.
 */
package org.mergetomix.folder;
