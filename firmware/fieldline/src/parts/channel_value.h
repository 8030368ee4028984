// Reads the values of a channel's settings. Each returns false, and what it should set is of no use any more, for a value that is not allowed.
#pragma once

#include <stdint.h>
#include <string.h>

#include "channel.h"
#include "crc8.h"
#include "decimal.h"
#include "samples.h"

namespace fieldline {

const uint32_t LONGEST_INTERVAL = 86400000UL;  // a day, in milliseconds

// Reads a pin: digits, or A and digits. Whether the board has it is for the board to say.
inline bool parsePin(const char *text, uint8_t *pin) {
  const bool analog = *text == 'A';
  uint32_t number;
  if (!parseUnsigned(text + analog, &number) || number >= NO_PIN) return false;
  *pin = (uint8_t)(analog ? ANALOG_NAME | number : number);
  return true;
}

// Reads a 1-Wire address: 16 capital hexadecimal digits in the order of the wire, its CRC last.
inline bool parseRom(const char *text, uint8_t *rom) {
  if (strlen(text) != 16) return false;
  for (uint8_t index = 0; index < 16; index++) {
    const char digit = text[index];
    const bool letter = digit >= 'A' && digit <= 'F';
    if (!letter && (digit < '0' || digit > '9')) return false;
    const uint8_t value = (uint8_t)(letter ? digit - 'A' + 10 : digit - '0');
    rom[index / 2] = (uint8_t)(index % 2 == 0 ? value << 4 : rom[index / 2] | value);
  }
  return crc8(rom, 8) == 0;
}

// Copies what may stand in a line: no space, no control character, no line that reads as a comment or a command.
inline bool parseName(const char *text, char *name, uint8_t size) {
  const size_t length = strlen(text);
  if (length == 0 || length >= size || *text == '#' || *text == '!' || *text == ',') return false;
  for (const char *character = text; *character != '\0'; character++) {
    if ((uint8_t)*character <= ' ' || *character == 0x7F) return false;
  }
  memcpy(name, text, length + 1);
  return true;
}

inline bool parseWithin(const char *text, uint32_t least, uint32_t most, uint32_t *value) {
  uint32_t number;
  if (!parseUnsigned(text, &number) || number < least || number > most) return false;
  *value = number;
  return true;
}

inline bool parsePositive(const char *text, float *value) {
  float number;
  if (!parseNumber(text, &number) || !(number > 0)) return false;
  *value = number;
  return true;
}

inline bool parseByte(const char *text, uint8_t least, uint8_t most, uint8_t *value) {
  uint32_t number;
  if (!parseWithin(text, least, most, &number)) return false;
  *value = (uint8_t)number;
  return true;
}

inline bool parseSamples(const char *text, Channel *channel) {
  return channel->samples == 1 && parseByte(text, 2, MOST_SAMPLES, &channel->samples);
}

inline bool parsePullup(const char *text, uint8_t *flags) {
  uint8_t on;
  if (!parseByte(text, 0, 1, &on)) return false;
  *flags = (uint8_t)((*flags & ~PULLUP) | (on ? PULLUP : 0));
  return true;
}

inline bool parseDeadband(const char *text, Channel *channel) {
  if (!parseNumber(text, &channel->deadband)) return false;
  channel->flags |= ON_CHANGE;
  return channel->deadband >= 0;
}

inline bool parseAddress(const char *text, Channel *channel) {
  channel->flags |= HAS_ADDRESS;
  return parseRom(text, channel->rom);
}

}  // namespace fieldline
