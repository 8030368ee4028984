// The memory that a reset leaves alone.
#pragma once

#include "board.h"
#include "parts/held.h"
#include "parts/kept_count.h"

namespace fieldline {

struct Kept {
  Held<HELD_READINGS> held;
  KeptCount pulses[PULSE_INPUTS];
};

extern Kept kept;

}  // namespace fieldline
