// The memory that a reset leaves alone.
#pragma once

#include "board.h"
#include "parts/held.h"

namespace fieldline {

struct Kept {
  Held<HELD_READINGS> held;
  volatile uint32_t pulses[PULSE_INPUTS];
};

extern Kept kept;

}  // namespace fieldline
