/**
 * Data as people have them, from files to examples. {@code template} renders chat templates, {@code
 * conversation} makes texts with marked completions of conversations.
 */
package org.mergetomix.data;
