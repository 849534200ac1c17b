/**
 * What a search needs of an executor's memory, and what that has. {@link
 * org.mergetomix.memory.MemoryCheck} plans it before the start, from headers and sizes alone;
 * {@link org.mergetomix.memory.MemoryPlan} is the sum, and says whether it fits; {@link
 * org.mergetomix.memory.ExecutorMemory} is what there is. {@link
 * org.mergetomix.memory.TrainingMemory} is the same of fine-tuning.
 */
package org.mergetomix.memory;
