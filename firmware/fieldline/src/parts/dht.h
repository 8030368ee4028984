// The 40 bits of a DHT11 and a DHT22 (AM2302): humidity, temperature, and the sum of the four bytes before it.
#pragma once

#include <stdint.h>

#include "reading.h"

namespace fieldline {

const uint8_t DHT_SIZE = 5;

// Celsius, then percent of relative humidity. DHT11 has whole units with a byte of tenths behind each; DHT22 has tenths
// in 16 bits, of which the highest is the temperature's sign.
inline Reading dhtReading(const uint8_t *frame, bool isDht22) {
  if ((uint8_t)(frame[0] + frame[1] + frame[2] + frame[3]) != frame[4]) return Reading::failed(Failure::CHECKSUM);
  float humidity = frame[0] + frame[1] / 10.0f;
  float celsius = frame[2] + (frame[3] & 0x7F) / 10.0f;
  if (isDht22) {
    humidity = (((uint16_t)frame[0] << 8) | frame[1]) / 10.0f;
    celsius = ((((uint16_t)frame[2] & 0x7F) << 8) | frame[3]) / 10.0f;
  }
  if ((isDht22 ? frame[2] : frame[3]) & 0x80) celsius = -celsius;
  // A data line that is held low gives 40 zeros, whose sum is right.
  const bool allZero = (frame[0] | frame[1] | frame[2] | frame[3]) == 0;
  if (allZero || humidity > 100 || celsius > 125 || celsius < -40) return Reading::failed(Failure::RANGE);
  return Reading::of(celsius, humidity);
}

}  // namespace fieldline
