// From the analog converter's counts to units. Counts are 0 to 1023, and may have a fraction when they are a mean.
#pragma once

#include <math.h>

#include "reading.h"

namespace fieldline {

const float ANALOG_STEPS = 1024;

// Within this of either end a divider is not measured: its sensor is cut off or shorted.
const float ANALOG_MARGIN = 2;

// Volts at a pin; `reference` is the converter's reference in volts.
inline float volts(float counts, float reference) { return counts * reference / ANALOG_STEPS; }

// A thermistor of resistance R: 1/T = a + b L + c L^2 in kelvin, where L = ln(R/series). With fitting coefficients this is within 0.2 C
// of Steinhart and Hart's equation from -40 to 125 C, and takes three numbers where that takes four, with its series resistor.
struct Thermistor {
  float a;
  float b;
  float c;
};

// The equation with beta, 1/T = 1/T0 + ln(R/R0)/beta, is that one without a square; r0 (ohms) is R at T0 = 25 C.
inline Thermistor thermistorOf(float beta, float r0, float series) {
  const Thermistor thermistor = {1 / 298.15f + logf(series / r0) / beta, 1 / beta, 0};
  return thermistor;
}

// Celsius of an NTC thermistor to ground whose series resistor goes to the reference.
inline Reading ntc(float counts, const Thermistor &thermistor) {
  if (counts < ANALOG_MARGIN) return Reading::failed(Failure::SHORTED);
  if (counts > ANALOG_STEPS - 1 - ANALOG_MARGIN) return Reading::failed(Failure::OPEN);
  const float ratio = logf(counts / (ANALOG_STEPS - counts));
  const float celsius = 1 / (thermistor.a + ratio * (thermistor.b + ratio * thermistor.c)) - 273.15f;
  return celsius > -80 && celsius < 500 ? Reading::of(celsius) : Reading::failed(Failure::RANGE);
}

// LM35: 10 mV for each degree Celsius, 2 to 150 C without a negative supply (Texas Instruments, SNIS159). One without power says 0.
inline Reading lm35(float volts) {
  return volts < 0.01f || volts > 1.55f ? Reading::failed(Failure::RANGE) : Reading::of(volts * 100);
}

// TMP36: 750 mV at 25 C, 10 mV for each degree, -40 to 125 C, works up to 150 (Analog Devices, TMP35/36/37).
inline Reading tmp36(float volts) {
  if (volts < 0.05f) return Reading::failed(Failure::SHORTED);
  return volts > 2.05f ? Reading::failed(Failure::RANGE) : Reading::of((volts - 0.5f) * 100);
}

// The supply in volts, from what the converter makes of the chip's own reference (volts, about 1.1).
inline Reading supply(float counts, float bandgap) {
  return counts < 1 ? Reading::failed(Failure::RANGE) : Reading::of(bandgap * ANALOG_STEPS / counts);
}

}  // namespace fieldline
