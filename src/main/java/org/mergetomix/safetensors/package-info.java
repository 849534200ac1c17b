/**
 * The safetensors format, strict: a file is read only if it keeps every rule, and nothing is
 * allocated from what it merely claims.
 */
package org.mergetomix.safetensors;
