package org.mergetomix.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.mergetomix.tensor.Narrowing;

/** A piece of memory as float32 elements, whatever they are kept in. One thread at a time. */
sealed interface Words {

  /** Views native memory, in the machine's byte order. */
  static Words of(ByteBuffer memory, Precision precision) {
    ByteBuffer ordered = memory.order(ByteOrder.nativeOrder());
    return switch (precision) {
      case FLOAT32 -> new Floats(ordered.asFloatBuffer());
      case BFLOAT16 -> new UpperHalves(ordered.asShortBuffer(), new short[UpperHalves.CHUNK]);
    };
  }

  void put(int index, float[] source, int from, int length);

  void get(int index, float[] destination, int from, int length);

  /** All of an element. */
  record Floats(FloatBuffer memory) implements Words {

    @Override
    public void put(int index, float[] source, int from, int length) {
      memory.put(index, source, from, length);
    }

    @Override
    public void get(int index, float[] destination, int from, int length) {
      memory.get(index, destination, from, length);
    }
  }

  /** The upper half of an element, rounded: bfloat16. */
  final class UpperHalves implements Words {

    static final int CHUNK = 2048;

    private final ShortBuffer memory;
    private final short[] words;

    UpperHalves(ShortBuffer memory, short[] words) {
      this.memory = memory;
      this.words = words;
    }

    @Override
    public void put(int index, float[] source, int from, int length) {
      for (int done = 0; done < length; done += words.length) {
        int count = Math.min(words.length, length - done);
        for (int i = 0; i < count; i++) {
          words[i] = Narrowing.bf16(source[from + done + i]);
        }
        memory.put(index + done, words, 0, count);
      }
    }

    @Override
    public void get(int index, float[] destination, int from, int length) {
      for (int done = 0; done < length; done += words.length) {
        int count = Math.min(words.length, length - done);
        memory.get(index + done, words, 0, count);
        for (int i = 0; i < count; i++) {
          destination[from + done + i] = Float.intBitsToFloat(words[i] << Short.SIZE);
        }
      }
    }
  }
}
