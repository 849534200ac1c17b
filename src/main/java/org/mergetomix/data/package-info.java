/**
 * Data as people have it, and what it means. A {@link org.mergetomix.data.DataFile} is lines of
 * text, JSON Lines or Parquet; {@link org.mergetomix.data.DataRows} reads the rows of some files,
 * counts what is left out, and tells every row that does not fit with its place; {@link
 * org.mergetomix.data.SliceRows} reads a slice of a large file, for a task of Spark. {@link
 * org.mergetomix.data.ExampleRows} makes {@link org.mergetomix.data.Example}s of rows: texts,
 * prompts with completions, conversations; {@link org.mergetomix.data.ChoiceColumns} and {@link
 * org.mergetomix.data.AnswerColumns} make questions of them.
 */
package org.mergetomix.data;
