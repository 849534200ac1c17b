/**
 * Figures of the experts before a search: how far each moved from the base, and how much they
 * agree.
 */
package org.mergetomix.preflight;
