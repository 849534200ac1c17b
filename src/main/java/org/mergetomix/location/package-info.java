/**
 * Where files lie: on this machine's file system, or in a store that Hadoop has a file system for,
 * such as {@code s3a://bucket/folder/file} or {@code hdfs://}. A {@code Location} is a name and
 * nothing more; how what it names is reached is in {@code store}.
 */
package org.mergetomix.location;
