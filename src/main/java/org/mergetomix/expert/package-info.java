/**
 * Every kind of expert as its delta from the base.
 *
 * <p>{@link org.mergetomix.expert.Delta#open} finds out which kind it is: a whole checkpoint
 * ({@link org.mergetomix.expert.FullCheckpointDelta}), a stored delta ({@link
 * org.mergetomix.expert.StoredDelta}), the elements that moved ({@link
 * org.mergetomix.expert.SparseDelta}), or an adapter ({@link org.mergetomix.expert.LoraDelta},
 * which {@code AdapterReader} puts together of what {@code lora} reads). {@link
 * org.mergetomix.expert.ExpertPolicy} says what to make of names and tensors that differ from the
 * base's, and {@code TensorPairing} does so; {@code NameRemarks} tells what was made of names
 * without being asked. {@link org.mergetomix.expert.BaseCheckpoint} and {@link
 * org.mergetomix.expert.TiedCheckpoint} are the base as a merge sees it, {@code ExpertsAsInBase} an
 * expert that packs a mixture of experts otherwise, {@code TokensAsInBase} one with another
 * vocabulary. {@code AdapterCompleteness} compares an adapter with what its configuration names,
 * {@link org.mergetomix.expert.NonFiniteTensors} finds out who brought a NaN.
 */
package org.mergetomix.expert;
