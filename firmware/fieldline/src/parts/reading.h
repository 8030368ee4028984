// What a sensor gives: one or two numbers, or the reason why there is none.
#pragma once

#include <stdint.h>

#include "progmem.h"

namespace fieldline {

enum class Failure : uint8_t { NONE, ABSENT, OPEN, SHORTED, CHECKSUM, RANGE };

const uint8_t MOST_VALUES = 2;

struct Reading {
  Failure failure;
  float values[MOST_VALUES];

  static Reading of(float first, float second = 0) { return Reading{Failure::NONE, {first, second}}; }
  static Reading failed(Failure failure) { return Reading{failure, {0, 0}}; }
};

// The word for a failure, in flash.
inline const char *failureText(Failure failure) {
  switch (failure) {
    case Failure::ABSENT:
      return PSTR("absent");
    case Failure::OPEN:
      return PSTR("open");
    case Failure::SHORTED:
      return PSTR("short");
    case Failure::CHECKSUM:
      return PSTR("checksum");
    case Failure::RANGE:
      return PSTR("range");
    case Failure::NONE:
      break;
  }
  return PSTR("none");
}

}  // namespace fieldline
