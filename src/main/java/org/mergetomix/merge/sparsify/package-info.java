/**
 * What a merge method drops of a delta before it is added: masks by size, by chance, or by both,
 * and what is kept is scaled by.
 */
package org.mergetomix.merge.sparsify;
