/**
 * Model families: what a Hugging Face folder's {@code config.json} implies, without reading a
 * weight.
 *
 * <p>{@link org.mergetomix.family.FamilyReader} reads the file into a {@link
 * org.mergetomix.family.Family}: the names and shapes that the weights have to have, which of them
 * are one tensor, and the numbers that the family's graph is given. What is not known is refused by
 * its name, for a graph that ignores a setting computes something else without a word.
 *
 * <p>Each {@code Architecture} is one graph, and the table of model types in {@code FamilyReader}
 * says who reads which. {@code LlamaKin} lists how Llama's kin differ; {@code RopeReader} turns
 * rotary embeddings into plain frequencies.
 *
 * <p>What names and shapes of tensors say without a configuration is here too: {@link
 * org.mergetomix.family.KnownBuffers}, {@link org.mergetomix.family.QuantisedTensors}, {@link
 * org.mergetomix.family.PackedExperts}, {@link org.mergetomix.family.Conv1dShapes}, {@link
 * org.mergetomix.family.VocabularyTables}.
 */
package org.mergetomix.family;
