// The lines of the wire that say what a channel measures: groups and failures. PROTOCOL.md describes them.
#pragma once

#include <stdint.h>

#include "channel.h"
#include "frame_writer.h"
#include "held.h"
#include "kind.h"

namespace fieldline {

// A reading with its closing line. The mark is '~' with the board's clock as the time, or '+' with the reading's age.
template <typename Output>
void putGroup(FrameWriter<Output> &frame, const Channel &channel, const HeldReading &reading, char mark, uint32_t sequence,
              uint32_t time) {
  const KindInfo info = infoOf(channel.kind);
  frame.put(channel.name);
  frame.put(' ');
  frame.put(channel.field[0] != '\0' ? channel.field : info.field);
  frame.put('=');
  if (info.traits & WHOLE) {
    frame.putUnsigned(reading.values[0].whole);
    frame.put('i');
  } else {
    frame.putNumber(reading.values[0].real);
  }
  if (info.traits & TWO_VALUES) {
    frame.putP(PSTR(",humidity_pct="));
    frame.putNumber(reading.values[1].real);
  }
  frame.putP(PSTR("\n#"));
  frame.put(mark);
  frame.putUnsigned(sequence);
  frame.put(' ');
  frame.putUnsigned(time);
  frame.close();
}

template <typename Output>
void putFailure(FrameWriter<Output> &frame, uint8_t channel, Failure failure) {
  frame.putP(PSTR("#?"));
  frame.putUnsigned(channel);
  frame.put(' ');
  frame.putP(failureText(failure));
  frame.close();
}

}  // namespace fieldline
