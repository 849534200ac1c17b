/**
 * Models in memory: the graph of a family with the weights of one checkpoint bound to it, and the
 * tokenizer beside them.
 *
 * <p>{@link org.mergetomix.model.FamilyModel} owns the weights and overwrites them in place, so
 * that one mixture follows the other; {@code FamilyGraph} is the TorchScript module that computes
 * with them and holds none itself. {@code BoundTensors} writes elements where the weights are, in
 * float32 or as rounded 16-bit words, for DJL must not touch bfloat16. {@link
 * org.mergetomix.model.FolderTokenizer} reads a folder's {@code tokenizer.json}.
 */
package org.mergetomix.model;
