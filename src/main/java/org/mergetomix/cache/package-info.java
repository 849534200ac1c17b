/**
 * Files from anywhere as local files, each read once per host.
 *
 * <p>Start with {@link org.mergetomix.cache.InputFiles}, all that the job itself uses: inputs as
 * paths of this host, whole or with their headers only, and problems named by where the inputs lie.
 * An executor's runtime holds one for as long as it has the inputs mapped. Behind it is {@link
 * org.mergetomix.cache.LocalCache}. It takes a {@link org.mergetomix.cache.RemoteFile} (a location
 * that Hadoop's file systems understand, and its sha256 when the manifest gives one) and lends a
 * {@link org.mergetomix.cache.CachedFile}, or for several files that belong together a {@link
 * org.mergetomix.cache.CachedFolder}. What is lent stays until it is closed; everything else may be
 * evicted, least recently used first. Files of the local file system are not copied.
 *
 * <p>The way of a fetch: {@code CacheKey} names the content, {@code CacheDirectory} says whether it
 * is there and makes room for it, {@code RemoteFetcher} lets {@code Download} read it in parallel
 * ranges through {@code RemoteStore} into a {@code PartialFile}, which remembers finished chunks
 * across crashes; the whole is compared with what was promised and renamed into place.
 *
 * <p>Several processes share a directory through one lock file, {@code LockFile}: a byte of it for
 * the directory, held for moments while anything changes hands, and a byte for every key, held
 * exclusively by who fetches it and shared by who uses it. A dead process holds nothing. Never open
 * that file elsewhere in the same JVM: closing it would drop every lock.
 */
package org.mergetomix.cache;
