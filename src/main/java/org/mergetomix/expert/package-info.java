/**
 * Every kind of expert as its delta from the base: a whole checkpoint, a stored delta, a sparse
 * one, a LoRA adapter. {@link org.mergetomix.expert.Delta#open} finds out which it is; {@link
 * org.mergetomix.expert.ExpertPolicy} says what to make of names and tensors that differ.
 */
package org.mergetomix.expert;
