package org.mergetomix.data;

import java.util.Optional;
import org.mergetomix.data.conversation.Conversation;

/**
 * What reading some data found.
 *
 * @param counts what became of the rows
 * @param conversation one of them, where the rows are conversations
 */
public record DataCheck(RowCounts counts, Optional<Conversation> conversation) {}
