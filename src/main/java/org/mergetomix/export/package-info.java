/**
 * What is written beside the tensors of an exported model: {@link org.mergetomix.export.ModelCard}
 * for people, {@link org.mergetomix.export.TrainerManifest} for trainers; and the files of a base
 * that gets more tokens, {@link org.mergetomix.export.GrownVocabulary}. Texts only; who exports
 * puts them into the folder.
 */
package org.mergetomix.export;
