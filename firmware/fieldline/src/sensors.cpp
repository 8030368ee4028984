#include "sensors.h"

#include "dht_line.h"
#include "echo.h"
#include "one_wire.h"
#include "parts/analog.h"
#include "parts/dht.h"
#include "parts/ds18b20.h"
#include "parts/thermocouple.h"
#include "pins.h"
#include "pulses.h"

extern char __heap_start;
extern char *__brkval;

namespace fieldline {
namespace {

const uint8_t SKIP_ROM = 0xCC;
const uint8_t MATCH_ROM = 0x55;
const uint8_t CONVERT = 0x44;
const uint8_t READ_SCRATCHPAD = 0xBE;
const uint16_t CONVERSION = 752;  // milliseconds: 750 at 12 bits, and the clock's steps

// Resets the bus and speaks to the channel's sensor, or to the only one; false when no part answers.
bool selectSensor(OneWire *wire, const Channel &channel) {
  if (!wire->reset()) return false;
  if (channel.flags & HAS_ADDRESS) {
    wire->write(MATCH_ROM);
    wire->write(channel.rom, ROM_SIZE);
  } else {
    wire->write(SKIP_ROM);
  }
  return true;
}

void beginConversion(const Channel &channel) {
  OneWire wire(pinOf(channel));
  if (selectSensor(&wire, channel)) wire.write(CONVERT);
}

// Whether the chip's own pull-up does not raise a line. One that nothing is wired to may be low without it.
bool isShorted(uint8_t pin) {
  pinMode(pin, INPUT_PULLUP);
  delayMicroseconds(100);
  const bool low = digitalRead(pin) == LOW;
  pinMode(pin, INPUT);
  return low;
}

Reading readDs18b20(const Channel &channel) {
  const uint8_t pin = pinOf(channel);
  OneWire wire(pin);
  if (!selectSensor(&wire, channel)) return Reading::failed(isShorted(pin) ? Failure::SHORTED : Failure::ABSENT);
  wire.write(READ_SCRATCHPAD);
  uint8_t scratchpad[SCRATCHPAD_SIZE];
  bool silent = true;
  for (uint8_t index = 0; index < SCRATCHPAD_SIZE; index++) {
    scratchpad[index] = wire.read();
    if (scratchpad[index] != 0xFF) silent = false;
  }
  // Other sensors answer the reset, but none has this address.
  return silent ? Reading::failed(Failure::ABSENT) : ds18b20Reading(scratchpad);
}

Reading readDht(const Channel &channel) {
  uint8_t frame[DHT_SIZE];
  if (!receiveDht(pinOf(channel), frame)) return Reading::failed(Failure::ABSENT);
  return dhtReading(frame, channel.kind == Kind::DHT22);
}

// Clocks a word out of a converter, the highest bit first, at no more than 100 kHz.
uint32_t readWord(uint8_t selectPin, uint8_t bits) {
  uint32_t word = 0;
  digitalWrite(selectPin, LOW);
  for (uint8_t bit = 0; bit < bits; bit++) {
    digitalWrite(SCK, HIGH);
    delayMicroseconds(1);
    word = word << 1 | (digitalRead(MISO) == HIGH);
    digitalWrite(SCK, LOW);
  }
  digitalWrite(selectPin, HIGH);
  return word;
}

// The chip's own reference of 1.1 V, measured against the supply. It settles slowly: the first conversion is not used.
uint16_t sampleBandgap() {
  ADMUX = _BV(REFS0) | BANDGAP_CHANNEL;
#ifdef MUX5
  ADCSRB &= (uint8_t)~_BV(MUX5);
#endif
  delayMicroseconds(800);
  for (uint8_t conversion = 0; conversion < 2; conversion++) {
    ADCSRA |= _BV(ADSC);
    while (ADCSRA & _BV(ADSC)) {
    }
  }
  return ADC;
}

uint16_t freeMemory() {
  const char *const end = __brkval != NULL ? __brkval : &__heap_start;
  return (uint16_t)(SP - (uint16_t)end);
}

Reading convertVolts(Kind kind, float measured) {
  if (kind == Kind::LM35) return lm35(measured);
  if (kind == Kind::TMP36) return tmp36(measured);
  return Reading::of(measured);
}

Reading convert(const Channel &channel, float counts) {
  switch (channel.kind) {
    case Kind::NTC:
      return ntc(counts, channel.thermistor);
    case Kind::LIGHT:
      return Reading::of(counts * (100 / (ANALOG_STEPS - 1)));
    case Kind::SUPPLY:
      return supply(counts, channel.reference);
    default:
      return convertVolts(channel.kind, volts(counts, channel.reference));
  }
}

}  // namespace

uint16_t beginReading(const Channel &channel) {
  switch (channel.kind) {
    case Kind::DHT11:
      askDht(pinOf(channel));
      return 20;
    case Kind::DHT22:
      askDht(pinOf(channel));
      return 2;
    case Kind::DS18B20:
      beginConversion(channel);
      return CONVERSION;
    default:
      return 0;
  }
}

uint16_t takeSample(const Channel &channel) {
  return channel.kind == Kind::SUPPLY ? sampleBandgap() : (uint16_t)analogRead(channel.pin & ~ANALOG_NAME);
}

Reading finishReading(const Channel &channel, Samples *samples) {
  switch (channel.kind) {
    case Kind::DHT11:
    case Kind::DHT22:
      return readDht(channel);
    case Kind::DS18B20:
      return readDs18b20(channel);
    case Kind::MAX6675:
      return max6675Reading((uint16_t)readWord(pinOf(channel), 16));
    case Kind::MAX31855:
      return max31855Reading(readWord(pinOf(channel), 32));
    case Kind::DISTANCE:
      return measureDistance(pinOf(channel), echoOf(channel));
    default:
      return convert(channel, channel.flags & MEDIAN ? samples->median() : samples->mean());
  }
}

uint32_t wholeReading(const Channel &channel) {
  switch (channel.kind) {
    case Kind::COUNTER:
      return pulsesAt(pinOf(channel));
    case Kind::BUTTON:
      // With a pull-up the button connects to ground.
      return (digitalRead(pinOf(channel)) == HIGH) != ((channel.flags & PULLUP) != 0);
    case Kind::MEMORY:
      return freeMemory();
    default:
      return digitalRead(pinOf(channel));
  }
}

}  // namespace fieldline
