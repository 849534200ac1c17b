/**
 * How a store is reached, whoever reads or writes there. {@link org.mergetomix.store.Connector} is
 * the way from a {@code Location} to the file system of Hadoop that it lies in; {@link
 * org.mergetomix.store.FirstContact} is the first request to a bucket, which finds out in seconds
 * whether it can be reached, and {@link org.mergetomix.store.OtherRegion} one of the answers. What
 * is read is in {@code cache}, what is written in {@code output}.
 */
package org.mergetomix.store;
