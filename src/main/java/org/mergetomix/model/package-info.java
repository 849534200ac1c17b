/**
 * A live model whose parameters can be overwritten in place: the surrogate of one mixture after the
 * other, without a file in between.
 *
 * <p>{@link org.mergetomix.model.LiveModel} is a TorchScript graph on one device. It owns its
 * native memory and is used by one thread at a time; what is computed with it lives in a scope that
 * the caller closes.
 */
package org.mergetomix.model;
