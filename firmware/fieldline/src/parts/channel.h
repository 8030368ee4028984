// What one channel measures, how, and under which name: the record that EEPROM keeps.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "analog.h"
#include "crc16.h"
#include "kind.h"

namespace fieldline {

const uint8_t NO_PIN = 0x7F;
const uint8_t ANALOG_NAME = 0x80;  // with the number of an analog input: A3 is 0x83

// With the NUL.
const uint8_t NAME_SIZE = 32;
const uint8_t FIELD_SIZE = 12;

enum ChannelFlag : uint8_t {
  PULLUP = 1 << 0,
  MEDIAN = 1 << 1,
  ON_CHANGE = 1 << 2,  // is reported when it has moved by more than the deadband, and at each heartbeat
  HAS_ADDRESS = 1 << 3,
};

struct Channel {
  Kind kind;
  uint8_t pin;
  uint8_t flags;
  uint8_t samples;
  uint8_t debounce;    // milliseconds
  uint32_t every;      // milliseconds
  uint32_t heartbeat;  // milliseconds
  float deadband;
  float scale;
  float offset;
  union {
    Thermistor thermistor;
    float reference;  // volts
    uint8_t rom[8];
    uint8_t echo;  // a pin
  };
  char name[NAME_SIZE];    // measurement and tags
  char field[FIELD_SIZE];  // empty for the kind's own
  uint16_t check;
};

#ifdef __AVR__
static_assert(sizeof(Channel) == 83, "twelve of them and the header fit into 1024 bytes of EEPROM only without a byte more");
#endif

// A channel of this kind as it is without any settings.
inline Channel channelOf(Kind kind) {
  Channel channel;
  memset(&channel, 0, sizeof channel);
  if (kind == Kind::OFF) return channel;
  channel.kind = kind;
  channel.pin = NO_PIN;
  channel.samples = 1;
  channel.every = 1000;
  channel.heartbeat = 60000;
  channel.scale = 1;
  const uint16_t traits = traitsOf(kind);
  if (kind == Kind::BUTTON) {
    channel.flags = PULLUP | ON_CHANGE;
    channel.every = 5;
    channel.debounce = 20;
  }
  if (traits & HAS_REFERENCE) channel.reference = kind == Kind::SUPPLY ? 1.1f : 5.0f;
  if (traits & HAS_ECHO) channel.echo = NO_PIN;
  return channel;
}

// Counted up when the record is laid out otherwise, so that no firmware takes the records of another for its own.
const uint16_t RECORD_LAYOUT = 1;

inline uint16_t checkOf(const Channel &channel) {
  return (uint16_t)(crc16(&channel, offsetof(Channel, check)) ^ RECORD_LAYOUT);
}

// Whether two channels are set in the same way.
inline bool isSame(const Channel &one, const Channel &other) { return memcmp(&one, &other, offsetof(Channel, check)) == 0; }

// Whether a record that was read back is whole. Erased EEPROM is not.
inline bool isWhole(const Channel &channel) {
  return (uint8_t)channel.kind < KIND_COUNT && channel.check == checkOf(channel);
}

}  // namespace fieldline
