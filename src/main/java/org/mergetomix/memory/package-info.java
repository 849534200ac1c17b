/**
 * What a search needs of an executor's memory, and what that has. {@link
 * org.mergetomix.memory.MemoryCheck} plans it before the start, from headers and sizes alone;
 * {@link org.mergetomix.memory.MemoryPlan} is the sum, says whether it fits, and how many prefix
 * sums have room where nobody says it; {@link org.mergetomix.memory.ExecutorMemory} is what there
 * is. {@link org.mergetomix.memory.TrainingMemory} is the same of fine-tuning.
 */
package org.mergetomix.memory;
