package org.mergetomix.model;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads and writes the elements of parameters, wherever these are. One thread at a time.
 *
 * <p>Within a tensor, chunks are written in ascending order up to its last element; only then does
 * what was written count. Several tensors may be written in turns.
 */
sealed interface ParameterMemory {

  void write(String tensor, long offset, float[] source, int length);

  void read(String tensor, long offset, float[] destination, int length);

  /** How elements are reached. */
  enum Access {
    /** Where they are: in memory of this process. */
    DIRECT,
    /** Through memory of this process, from and to a device. */
    STAGED
  }

  /** Views of the parameters' own memory; several, for DJL gives none of 2 GiB or more. */
  final class Direct implements ParameterMemory {

    static final int VIEW = 1 << 28;

    private final Map<String, List<Words>> views = new TreeMap<>();
    private final int most;

    /**
     * Views parameters, which live as long as this.
     *
     * @param most elements of one view
     */
    Direct(Map<String, NDArray> arrays, Precision precision, TensorPieces pieces, int most) {
      this.most = most;
      arrays.forEach((name, array) -> views.put(name, views(array, precision, pieces)));
    }

    private List<Words> views(NDArray array, Precision precision, TensorPieces pieces) {
      List<Words> views = new ArrayList<>();
      for (long first = 0; first < array.size(); first += most) {
        long count = Math.min(most, array.size() - first);
        // The memory is the parameter's own; the view may go.
        try (NDArray view = pieces.elements(array, first, count, array.getManager())) {
          views.add(Words.of(view.toByteBuffer(true), precision));
        }
      }
      return views;
    }

    @Override
    public void write(String tensor, long offset, float[] source, int length) {
      each(
          offset,
          length,
          (view, at, from, count) -> views.get(tensor).get(view).put(at, source, from, count));
    }

    @Override
    public void read(String tensor, long offset, float[] destination, int length) {
      each(
          offset,
          length,
          (view, at, from, count) -> views.get(tensor).get(view).get(at, destination, from, count));
    }

    private void each(long offset, int length, Piece piece) {
      int done = 0;
      while (done < length) {
        int at = (int) ((offset + done) % most);
        int count = Math.min(length - done, most - at);
        piece.take((int) ((offset + done) / most), at, done, count);
        done += count;
      }
    }

    @FunctionalInterface
    private interface Piece {
      void take(int view, int at, int from, int count);
    }
  }

  /** Through a tensor in memory of this process that takes a stretch of a parameter at a time. */
  final class Staged implements ParameterMemory {

    private static final int STRETCH = 1 << 24;

    private final Map<String, NDArray> arrays;
    private final TensorPieces pieces;
    private final NDArray stage;
    private final Words words;

    /** What is staged: the tensor, and the index of its stretch. */
    private String present = "";

    private long stretch;

    /** How many of its elements, from the first on, are those of the tensor. */
    private long filled;

    /** Whether the device does not have them yet. */
    private boolean ahead;

    /**
     * Stages parameters.
     *
     * @param stage on the CPU, of as many elements as {@link #stretch} says
     */
    Staged(Map<String, NDArray> arrays, Precision precision, TensorPieces pieces, NDArray stage) {
      this.arrays = arrays;
      this.pieces = pieces;
      this.stage = stage;
      this.words = Words.of(stage.toByteBuffer(true), precision);
    }

    /** How many elements are staged at a time. */
    static long stretch(Map<String, NDArray> arrays) {
      long largest = arrays.values().stream().mapToLong(NDArray::size).max().orElse(1);
      return Math.max(1, Math.min(STRETCH, largest));
    }

    @Override
    public void write(String tensor, long offset, float[] source, int length) {
      int done = 0;
      while (done < length) {
        int at = (int) ((offset + done) % stage.size());
        int count = (int) Math.min(length - done, stage.size() - at);
        if (at == 0) {
          begin(tensor, (offset + done) / stage.size());
        } else {
          hold(tensor, (offset + done) / stage.size(), at);
        }
        words.put(at, source, done, count);
        done += count;
        filled = Math.max(filled, (long) at + count);
        ahead = true;
        if (at + count == stage.size() || offset + done == arrays.get(tensor).size()) {
          store();
        }
      }
    }

    @Override
    public void read(String tensor, long offset, float[] destination, int length) {
      int done = 0;
      while (done < length) {
        int at = (int) ((offset + done) % stage.size());
        int count = (int) Math.min(length - done, stage.size() - at);
        hold(tensor, (offset + done) / stage.size(), (long) at + count);
        words.get(at, destination, done, count);
        done += count;
      }
    }

    /** Takes a stretch that is written from its first element on. */
    private void begin(String tensor, long wanted) {
      store();
      present = tensor;
      stretch = wanted;
      filled = 0;
    }

    /** Sees to it that the first elements of a stretch are here. */
    private void hold(String tensor, long wanted, long elements) {
      if (!present.equals(tensor) || stretch != wanted || filled < elements) {
        begin(tensor, wanted);
        filled = Math.min(stage.size(), arrays.get(present).size() - stretch * stage.size());
        move(Direction.FROM_DEVICE);
      }
    }

    /** Tensors may be written in turns, so whatever is left behind is stored before. */
    private void store() {
      if (ahead) {
        move(Direction.TO_DEVICE);
        ahead = false;
      }
    }

    private void move(Direction direction) {
      NDArray array = arrays.get(present);
      long first = stretch * stage.size();
      try (NDArray there = pieces.elements(array, first, filled, array.getManager());
          NDArray here = pieces.elements(stage, 0, filled, stage.getManager())) {
        switch (direction) {
          case TO_DEVICE -> pieces.store(there, here);
          case FROM_DEVICE -> pieces.store(here, there);
        }
      }
    }

    private enum Direction {
      TO_DEVICE,
      FROM_DEVICE
    }
  }
}
