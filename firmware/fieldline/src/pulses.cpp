#include "pulses.h"

#include <util/atomic.h>

#include "kept.h"

namespace fieldline {
namespace {

struct PulseInput {
  uint32_t lastPulse;  // milliseconds, as all times here
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
  KeptCount &pulses = kept.pulses[index];
  pulses.set(pulses.get() + 1);
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

void recoverPulses(bool warm) {
  for (uint8_t index = 0; index < PULSE_INPUTS; index++) {
    if (!warm || !kept.pulses[index].isWhole()) kept.pulses[index].set(0);
  }
}

void countPulsesAt(uint8_t pin, uint8_t debounce) {
  const uint8_t index = indexOf(pin);
  inputs[index].debounce = debounce;
  Handlers<PULSE_INPUTS>::attach(index);
}

void stopPulsesAt(uint8_t pin) { detachInterrupt(indexOf(pin)); }

uint32_t pulsesAt(uint8_t pin) {
  uint32_t pulses = 0;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { pulses = kept.pulses[indexOf(pin)].get(); }
  return pulses;
}

}  // namespace fieldline
