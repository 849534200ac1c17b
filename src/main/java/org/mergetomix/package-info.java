/** merge-to-mix. */
package org.mergetomix;
