/**
 * What the user wants: {@link org.mergetomix.config.Configuration} is the whole of it, typed and
 * checked. The keys, their meaning and their defaults are listed in {@code reference.conf} and
 * nowhere else; files and {@code --set} are laid over it.
 */
package org.mergetomix.config;
