/**
 * Models in memory whose parameters can be overwritten in place: the surrogate of one mixture after
 * the other, without a file in between.
 *
 * <p>{@link org.mergetomix.model.LanguageModel} is what evaluates and is trained, whatever
 * computes. {@link org.mergetomix.model.LiveModel} is a TorchScript graph of the user's own, on one
 * device. {@link org.mergetomix.model.FamilyModel} is a model of a known family: {@code
 * FamilyGraph} is the TorchScript module that computes and holds no weights itself; the weights are
 * bound to it. Both own their native memory and are used by one thread at a time; what is computed
 * with them lives in a scope that the caller closes.
 *
 * <p>{@code ParameterMemory} is the one way in which parameters are written and read, in float32 or
 * as rounded 16-bit words: where they are on a CPU, through a stage for a GPU. {@code TensorPieces}
 * says how their memory is reached: by DJL where all is float32, otherwise by the family's graph,
 * for DJL must not touch bfloat16.
 *
 * <p>{@link org.mergetomix.model.FolderTokenizer} reads a folder's {@code tokenizer.json}.
 */
package org.mergetomix.model;
