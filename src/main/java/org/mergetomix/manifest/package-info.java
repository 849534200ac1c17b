/**
 * What the user has: {@link org.mergetomix.manifest.Manifest} names a base, datasets with their
 * experts, and tasks; {@link org.mergetomix.manifest.Baselines} names what is known of datasets
 * without their experts. Reading one checks its shape; whether the files that it names are there is
 * asked later, since what a command needs depends on the command.
 */
package org.mergetomix.manifest;
