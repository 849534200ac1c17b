package org.mergetomix.data.template;

/**
 * What a name stands for that nothing was given for. It prints as nothing and counts as false and
 * empty; asked for more than that, it is a fault.
 *
 * @param what the sentence of that fault: {@code 'tools' is not defined}
 */
record Undefined(String what) implements Value {}
