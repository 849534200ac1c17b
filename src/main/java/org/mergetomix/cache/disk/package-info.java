/**
 * What a cache has on the disk of a host. {@link org.mergetomix.cache.disk.CacheDirectory} says
 * what is there under which {@link org.mergetomix.cache.disk.CacheKey}, and makes room; a {@link
 * org.mergetomix.cache.disk.PartialFile} remembers finished chunks across crashes.
 *
 * <p>Several processes share a directory through one lock file, {@link
 * org.mergetomix.cache.disk.LockFile}: a byte of it for the directory, held for moments while
 * anything changes hands, and a byte for every key, held exclusively by who fetches it and shared
 * by who uses it. A dead process holds nothing. Never open that file elsewhere in the same JVM:
 * closing it would drop every lock.
 */
package org.mergetomix.cache.disk;
