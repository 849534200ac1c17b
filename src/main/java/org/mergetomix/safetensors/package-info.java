/**
 * The safetensors format, strict: a file is read only if it keeps every rule, and nothing is
 * allocated from what it merely claims.
 *
 * <p>Reading: {@link org.mergetomix.safetensors.SafetensorsFile} maps a file, {@link
 * org.mergetomix.safetensors.SafetensorsHeader} is its header after every check, {@link
 * org.mergetomix.safetensors.HeaderParser} the JSON in it. Writing: {@link
 * org.mergetomix.safetensors.SafetensorsWriter}, to a {@link
 * org.mergetomix.safetensors.FileLayout}, through {@link
 * org.mergetomix.safetensors.StoredElements}. {@link org.mergetomix.safetensors.Pickles} and {@link
 * org.mergetomix.safetensors.OtherFormats} are refused.
 */
package org.mergetomix.safetensors;
