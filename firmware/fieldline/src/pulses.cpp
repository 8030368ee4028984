#include "pulses.h"

#include <util/atomic.h>

#include "kept.h"

namespace fieldline {
namespace {

struct PulseInput {
  uint32_t lastPulse;  // milliseconds, as all times here
  uint32_t countedFrom;
  uint32_t ratedFrom;
  uint8_t debounce;
};

PulseInput inputs[PULSE_INPUTS];

void countPulse(uint8_t index) {
  PulseInput &input = inputs[index];
  if (input.debounce > 0) {
    const uint32_t now = millis();
    if (now - input.lastPulse < input.debounce) return;
    input.lastPulse = now;
  }
  kept.pulses[index]++;
}

template <uint8_t INDEX>
void onPulse() {
  countPulse(INDEX);
}

// The function to call at an edge takes no argument, so each input has its own.
template <uint8_t INDEX>
struct Handlers {
  static void attach(uint8_t index) {
    if (index == INDEX - 1) {
      attachInterrupt(index, onPulse<INDEX - 1>, FALLING);
    } else {
      Handlers<INDEX - 1>::attach(index);
    }
  }
};

template <>
struct Handlers<0> {
  static void attach(uint8_t) {}
};

uint8_t indexOf(uint8_t pin) { return (uint8_t)digitalPinToInterrupt(pin); }

}  // namespace

void countPulsesAt(uint8_t pin, uint8_t debounce) {
  const uint8_t index = indexOf(pin);
  inputs[index].debounce = debounce;
  inputs[index].countedFrom = pulsesAt(pin);
  inputs[index].ratedFrom = millis();
  Handlers<PULSE_INPUTS>::attach(index);
}

void stopPulsesAt(uint8_t pin) { detachInterrupt(indexOf(pin)); }

uint32_t pulsesAt(uint8_t pin) {
  uint32_t pulses = 0;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { pulses = kept.pulses[indexOf(pin)]; }
  return pulses;
}

float pulseRateAt(uint8_t pin) {
  PulseInput &input = inputs[indexOf(pin)];
  const uint32_t pulses = pulsesAt(pin);
  const uint32_t now = millis();
  const uint32_t elapsed = now - input.ratedFrom;
  if (elapsed == 0) return 0;
  const float rate = (float)(pulses - input.countedFrom) * 1000 / elapsed;
  input.countedFrom = pulses;
  input.ratedFrom = now;
  return rate;
}

}  // namespace fieldline
