/**
 * What an executor does: it holds the inputs that its slots share, merges and evaluates in a slot,
 * fine-tunes, and counts what it did.
 */
package org.mergetomix.executor;
