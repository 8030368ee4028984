// Pulses at the pins that have an interrupt of their own. A pulse is a falling edge.
#pragma once

#include "board.h"

namespace fieldline {

// Takes up the sums that a reset has left, or begins at 0. Comes before all else.
void recoverPulses(bool warm);

// Begins to count at this Arduino pin, which must be one of those. Edges that follow a pulse within `debounce` milliseconds
// are not counted.
void countPulsesAt(uint8_t pin, uint8_t debounce);

// Counts no more at this pin. The sum stays.
void stopPulsesAt(uint8_t pin);

// How many there were at the pin. A reset leaves the sum, loss of power does not.
uint32_t pulsesAt(uint8_t pin);

}  // namespace fieldline
