package org.mergetomix.cache;

import java.io.IOException;

/** Something that gives a value and may fail on the way. */
@FunctionalInterface
interface IoSupplier<T> {

  T get() throws IOException;
}
