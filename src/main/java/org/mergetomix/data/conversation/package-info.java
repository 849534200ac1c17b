/**
 * Conversations, and the texts that a model's own chat template makes of them. {@link
 * org.mergetomix.data.conversation.ModelTemplate} reads the template of a model's folder, renders
 * {@link org.mergetomix.data.conversation.Conversation}s and says which parts of the text the
 * assistant wrote, so that a loss can be taken on those alone.
 */
package org.mergetomix.data.conversation;
