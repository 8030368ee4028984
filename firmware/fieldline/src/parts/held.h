// The readings that the host has not acknowledged. They lie in memory that a reset leaves alone, and so do the sequence and the
// clock. A reset may come at any moment, so what says which readings are held is there twice, and written in turn.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "crc16.h"
#include "crc8.h"
#include "reading.h"

namespace fieldline {

union Value {
  float real;
  uint32_t whole;
};

const uint8_t NO_CHANNEL = 0xFF;

struct HeldReading {
  uint32_t at;  // milliseconds, by the clock that goes on through resets
  Value values[MOST_VALUES];
  uint8_t channel;  // NO_CHANNEL for one that cannot be said again
  uint8_t check;
};

// Plain memory without a constructor, so that a start does not touch it; recover() comes before all else. Times are milliseconds since
// this start.
template <uint8_t CAPACITY>
class Held {
 public:
  // Takes up what a reset has left; false when nothing was, as after power-on: then the sequence begins at 0, and a reset leaves nothing
  // either before keep() was called.
  bool recover() {
    const bool warm = mark == MARK && (isWhole(states[0]) || isWhole(states[1]));
    if (warm) {
      const bool both = isWhole(states[0]) && isWhole(states[1]);
      current = both ? (int16_t)(states[1].turn - states[0].turn) > 0 : isWhole(states[1]);
    } else {
      mark = 0;
      states[current = 0] = State();
    }
    start = states[current].clock;
    // Each is checked by itself too: power may have been away for a moment. What is older than a damaged one is of no use.
    State state = states[current];
    for (uint8_t back = 0; back < state.count; back++) {
      const HeldReading &reading = readings[place(back)];
      if (reading.check != checkOf(reading)) state.count = back;
    }
    commit(state);
    return warm;
  }

  void keep() {
    __asm__ __volatile__("" ::: "memory");
    mark = MARK;
  }

  // Says what the time is, for the ages after a reset.
  void tick(uint32_t now) {
    if (states[current].clock == start + now) return;
    State state = states[current];
    state.clock = start + now;
    commit(state);
  }

  // Keeps one more, taken at `reading.at`, in place of the oldest when memory is full; returns its sequence number.
  uint32_t push(const HeldReading &reading) {
    State state = states[current];
    if (state.count == CAPACITY) {
      // It must not count as held while it is written over.
      state.count--;
      commit(state);
    }
    state.newest = (uint8_t)(state.newest + 1 == CAPACITY ? 0 : state.newest + 1);
    HeldReading &kept = readings[state.newest];
    kept = reading;
    kept.at += start;
    kept.check = checkOf(kept);
    state.count++;
    const uint32_t sequence = state.next++;
    commit(state);
    return sequence;
  }

  // Forgets all up to this sequence number, which may be any.
  void acknowledge(uint32_t sequence) {
    State state = states[current];
    const uint32_t newer = state.next - 1 - sequence;
    if (newer < state.count) state.count = (uint8_t)newer;
    commit(state);
  }

  void clear() { acknowledge(next() - 1); }

  // Forgets the readings of one channel; their sequence numbers stay taken.
  void forgetChannel(uint8_t channel) {
    for (uint8_t back = 0; back < count(); back++) {
      HeldReading &reading = readings[place(back)];
      if (reading.channel != channel) continue;
      reading.channel = NO_CHANNEL;
      reading.check = checkOf(reading);
    }
  }

  // The sequence number of the next reading; how many are held; the oldest of them.
  uint32_t next() const { return states[current].next; }
  uint8_t count() const { return states[current].count; }
  uint32_t first() const { return next() - count(); }

  bool has(uint32_t sequence) const { return next() - 1 - sequence < count(); }

  // One that is held.
  const HeldReading &at(uint32_t sequence) const { return readings[place((uint8_t)(next() - 1 - sequence))]; }

  // How many milliseconds ago it was taken.
  uint32_t ageOf(const HeldReading &reading, uint32_t now) const { return start + now - reading.at; }

 private:
  static const uint32_t MARK = 0x4C464C46;

  struct State {
    uint32_t next;
    uint32_t clock;  // goes on through resets
    uint8_t count;
    uint8_t newest;  // the place of the newest reading
    uint16_t turn;   // counts the writings: the later of two counts
    uint16_t check;
  };

  uint32_t mark;
  State states[2];
  HeldReading readings[CAPACITY];
  uint8_t current;
  uint32_t start;

  uint8_t place(uint8_t back) const {
    const uint8_t newest = states[current].newest;
    return (uint8_t)(newest >= back ? newest - back : newest + CAPACITY - back);
  }
  static uint16_t checkOf(const State &state) { return crc16(&state, offsetof(State, check)); }
  static uint8_t checkOf(const HeldReading &reading) { return crc8(&reading, offsetof(HeldReading, check)); }
  static bool isWhole(const State &state) {
    return state.count <= CAPACITY && state.newest < CAPACITY && state.check == checkOf(state);
  }
  // Makes a state the one that counts. Whatever was written before is in memory before it, and what is written after, after it.
  void commit(State &state) {
    state.turn++;
    state.check = checkOf(state);
    __asm__ __volatile__("" ::: "memory");
    states[1 - current] = state;
    current = (uint8_t)(1 - current);
    __asm__ __volatile__("" ::: "memory");
  }
};

}  // namespace fieldline
