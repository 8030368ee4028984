// The settings of a channel, by their keys.
#pragma once

#include <stdint.h>
#include <string.h>

#include "channel.h"
#include "channel_value.h"
#include "own_frame.h"
#include "progmem.h"

namespace fieldline {

enum class Key : uint8_t {
  NAME,
  FIELD,
  PIN,
  EVERY,
  MEAN,
  MEDIAN,
  DEADBAND,
  HEARTBEAT,
  SCALE,
  OFFSET,
  REFERENCE,
  BETA,
  R0,
  SERIES,
  FIT_A,
  FIT_B,
  FIT_C,
  PULLUP,
  DEBOUNCE,
  ROM,
  ECHO_PIN,
};

const uint8_t KEY_COUNT = 21;

struct KeyInfo {
  char name[10];
  uint16_t needs;     // one of these traits, unless there are none
  uint16_t excludes;  // none of these
};

const KeyInfo KEYS[KEY_COUNT] PROGMEM = {
    {"name", 0, 0},
    {"field", 0, TWO_VALUES},
    {"pin", ANALOG_PIN | DIGITAL_PIN | INTERRUPT_PIN, 0},
    {"every", 0, 0},
    {"mean", FILTERED, 0},
    {"median", FILTERED, 0},
    {"deadband", 0, 0},
    {"heartbeat", 0, 0},
    {"scale", 0, WHOLE},
    {"offset", 0, WHOLE},
    {"ref", HAS_REFERENCE, 0},
    {"beta", HAS_THERMISTOR, 0},
    {"r0", HAS_THERMISTOR, 0},
    {"series", HAS_THERMISTOR, 0},
    {"a", HAS_THERMISTOR, 0},
    {"b", HAS_THERMISTOR, 0},
    {"c", HAS_THERMISTOR, 0},
    {"pullup", HAS_PULLUP, 0},
    {"debounce", HAS_DEBOUNCE, 0},
    {"rom", HAS_ROM, 0},
    {"echo", HAS_ECHO, 0},
};

// The key of this name that the kind takes; false when there is none.
inline bool findKey(const char *name, uint16_t traits, Key *key) {
  for (uint8_t index = 0; index < KEY_COUNT; index++) {
    KeyInfo info;
    memcpy_P(&info, &KEYS[index], sizeof info);
    if (strcmp(name, info.name) != 0) continue;
    *key = (Key)index;
    return (info.needs == 0 || (info.needs & traits)) && !(info.excludes & traits);
  }
  return false;
}

// A thermistor as most data sheets describe it, until all of it is known.
struct Beta {
  float beta;    // kelvin
  float r0;      // ohms at 25 C
  float series;  // ohms
};

// Sets one thing of a channel; false, and the channel is of no use any more, when the value is not allowed.
OWN_FRAME inline bool setKey(Channel *channel, Beta *beta, Key key, const char *value) {
  const KindInfo info = infoOf(channel->kind);
  switch (key) {
    case Key::NAME:
      return parseName(value, channel->name, NAME_SIZE);
    case Key::FIELD:
      return parseName(value, channel->field, FIELD_SIZE);
    case Key::PIN:
      return parsePin(value, &channel->pin) && (!(info.traits & ANALOG_PIN) || (channel->pin & ANALOG_NAME));
    case Key::EVERY:
      return parseWithin(value, info.leastInterval, LONGEST_INTERVAL, &channel->every);
    case Key::MEAN:
      return parseSamples(value, channel);
    case Key::MEDIAN:
      channel->flags |= MEDIAN;
      return parseSamples(value, channel);
    case Key::DEADBAND:
      return parseDeadband(value, channel);
    case Key::HEARTBEAT:
      return parseWithin(value, 1000, LONGEST_INTERVAL, &channel->heartbeat);
    case Key::SCALE:
      return parseNumber(value, &channel->scale);
    case Key::OFFSET:
      return parseNumber(value, &channel->offset);
    case Key::REFERENCE:
      return parsePositive(value, &channel->reference);
    case Key::BETA:
      return parsePositive(value, &beta->beta);
    case Key::R0:
      return parsePositive(value, &beta->r0);
    case Key::SERIES:
      return parsePositive(value, &beta->series);
    case Key::FIT_A:
      return parseNumber(value, &channel->thermistor.a);
    case Key::FIT_B:
      return parseNumber(value, &channel->thermistor.b);
    case Key::FIT_C:
      return parseNumber(value, &channel->thermistor.c);
    case Key::PULLUP:
      return parsePullup(value, &channel->flags);
    case Key::DEBOUNCE:
      return parseByte(value, 0, 255, &channel->debounce);
    case Key::ROM:
      return parseAddress(value, channel);
    case Key::ECHO_PIN:
      return parsePin(value, &channel->echo);
  }
  return false;
}

}  // namespace fieldline
