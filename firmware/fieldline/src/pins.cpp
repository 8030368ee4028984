#include "pins.h"

#include "echo.h"
#include "pulses.h"

namespace fieldline {
namespace {

// The number that the core has for a pin.
uint8_t numberOf(uint8_t pin) { return pin & ANALOG_NAME ? (uint8_t)(A0 + (pin & ~ANALOG_NAME)) : pin; }

// Whether the board has a pin of this name that can do what these traits need.
bool hasPin(uint8_t pin, uint16_t traits) {
  if ((pin & ANALOG_NAME) && (pin & ~ANALOG_NAME) >= NUM_ANALOG_INPUTS) return false;
  if (traits & ANALOG_PIN) return true;
  const uint8_t number = numberOf(pin);
  if ((SERIAL_ON_PINS && number < 2) || number >= NUM_DIGITAL_PINS) return false;
  return !(traits & INTERRUPT_PIN) || digitalPinToInterrupt(number) != NOT_AN_INTERRUPT;
}

}  // namespace

uint8_t pinOf(const Channel &channel) { return numberOf(channel.pin); }
uint8_t echoOf(const Channel &channel) { return numberOf(channel.echo); }

const char *wrongPinOf(const Channel &channel) {
  const uint16_t traits = traitsOf(channel.kind);
  if ((traits & (ANALOG_PIN | DIGITAL_PIN | INTERRUPT_PIN)) && !hasPin(channel.pin, traits)) return PSTR("pin");
  return (traits & HAS_ECHO) && !hasPin(channel.echo, traits) ? PSTR("echo") : NULL;
}

void setUp(const Channel &channel) {
  const uint8_t pin = pinOf(channel);
  const uint8_t input = channel.flags & PULLUP ? INPUT_PULLUP : INPUT;
  switch (channel.kind) {
    case Kind::COUNTER:
    case Kind::FREQUENCY:
      pinMode(pin, input);
      countPulsesAt(pin, channel.debounce);
      break;
    case Kind::DIGITAL:
    case Kind::BUTTON:
      pinMode(pin, input);
      break;
    case Kind::MAX6675:
    case Kind::MAX31855:
      digitalWrite(pin, HIGH);
      pinMode(pin, OUTPUT);
      pinMode(SCK, OUTPUT);
      pinMode(MISO, INPUT_PULLUP);
      break;
    case Kind::DISTANCE:
      setUpEcho(pin, echoOf(channel));
      break;
    default:
      break;
  }
}

void release(const Channel &channel) {
  const uint16_t traits = traitsOf(channel.kind);
  if (traits & INTERRUPT_PIN) stopPulsesAt(pinOf(channel));
  if (traits & (DIGITAL_PIN | INTERRUPT_PIN)) pinMode(pinOf(channel), INPUT);
  if (traits & HAS_ECHO) pinMode(echoOf(channel), INPUT);
  if (channel.kind == Kind::MAX6675 || channel.kind == Kind::MAX31855) pinMode(SCK, INPUT);
}

}  // namespace fieldline
