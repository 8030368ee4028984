// Whether a reading is said: always, or only when it has moved or the last word is too old.
#pragma once

#include <math.h>
#include <stdint.h>

#include "channel.h"
#include "held.h"

namespace fieldline {

// By how much a value has moved. Whole numbers are told apart also where a float would not.
inline float distanceOf(const Channel &channel, Value value, Value from) {
  if (!(traitsOf(channel.kind) & WHOLE)) return fabsf(value.real - from.real);
  return (float)(value.whole > from.whole ? value.whole - from.whole : from.whole - value.whole);
}

// `last` is what was said `age` milliseconds ago.
inline bool isWorthSaying(const Channel &channel, Value value, Value last, uint32_t age) {
  if (!(channel.flags & ON_CHANGE)) return true;
  return distanceOf(channel, value, last) > channel.deadband || age >= channel.heartbeat;
}

}  // namespace fieldline
