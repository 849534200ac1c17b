/**
 * Files from anywhere as local files, each read once per host.
 *
 * <p>Start with {@link org.mergetomix.cache.InputFiles}, all that the job itself uses: inputs as
 * paths of this host, whole or with their headers only, and problems named by where the inputs lie.
 * An executor's runtime holds one for as long as it has the inputs mapped. Files of the local file
 * system are used in place.
 *
 * <p>Behind it is {@code LocalCache}. It takes a {@code RemoteFile} (a location that Hadoop's file
 * systems understand, and its sha256 when the manifest gives one) and lends a {@code CachedFile},
 * or for several files that belong together a {@code CachedFolder}. What is lent stays until it is
 * closed; everything else may be evicted, least recently used first.
 *
 * <p>The way of a fetch: the room {@code cache.disk} names the content, says whether it is there
 * and makes room for it; {@code RemoteFetcher} lets {@code Download} read it in parallel ranges
 * through {@code RemoteStore}; the whole is compared with what was promised and renamed into place.
 */
package org.mergetomix.cache;
