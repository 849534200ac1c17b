/** What a task says of a model: a score with its error and which way it improves. */
package org.mergetomix.score;
