package org.mergetomix.checkpoint.cache;

import java.io.IOException;

/** Something that gives a value and may fail on the way. */
@FunctionalInterface
interface IoSupplier<T> {

  T get() throws IOException;
}
