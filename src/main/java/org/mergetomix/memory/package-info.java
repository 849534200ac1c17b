/** What a search needs of an executor's memory, and what that has. */
package org.mergetomix.memory;
