/** The tables of a run and its record: their schemas, how they are read and appended to. */
package org.mergetomix.table;
