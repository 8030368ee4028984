// Reads what a channel says, step by step: begin, samples for the kinds that are filtered, finish.
#pragma once

#include "board.h"
#include "parts/channel.h"
#include "parts/reading.h"
#include "parts/samples.h"

namespace fieldline {

// Begins a reading; returns after how many milliseconds it can go on.
uint16_t beginReading(const Channel &channel);

// One sample, for kinds with the trait FILTERED. Takes 0.1 ms, for the supply 1 ms.
uint16_t takeSample(const Channel &channel);

// Ends a reading. Takes up to 30 ms for a distance, 13 ms for a DS18B20 with an address, 5 ms for a DHT, less than 1 ms for the
// others, and listens meanwhile. A kind of whole numbers gives them through wholeReading() instead,
// a frequency by the pulses that pulses.h counts.
Reading finishReading(const Channel &channel, Samples *samples);

// For kinds with the trait WHOLE.
uint32_t wholeReading(const Channel &channel);

}  // namespace fieldline
