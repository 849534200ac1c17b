/**
 * Named tensors: what they are called, how their elements are stored, and how a range of them is
 * read as float32 and written again. {@link org.mergetomix.tensor.Checkpoint} is what every file
 * format gives.
 */
package org.mergetomix.tensor;
