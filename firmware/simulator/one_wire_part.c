#include "one_wire_part.h"

#include <string.h>

#define CONVERSION_US 750000  // at 12 bits

enum { READ_ROM = 0x33, MATCH_ROM = 0x55, SKIP_ROM = 0xCC, SEARCH_ROM = 0xF0, CONVERT = 0x44, READ_SCRATCHPAD = 0xBE };

uint8_t oneWireCrc(const uint8_t *bytes, int length) {
  uint8_t crc = 0;
  for (int bit = 0; bit < 8 * length; bit++) {
    const bool feedback = (crc ^ bytes[bit / 8] >> bit % 8) & 1;
    crc = (uint8_t)(crc >> 1 ^ (feedback ? 0x8C : 0));
  }
  return crc;
}

static bool bitOf(const uint8_t *bytes, int bit) { return bytes[bit / 8] >> bit % 8 & 1; }

// Byte 6 is 0x0C until something was measured; see parts/ds18b20.h of the sketch.
static void fill(struct OneWirePart *part, int16_t sixteenths, uint8_t reserved) {
  const uint8_t bytes[] = {(uint8_t)sixteenths, (uint8_t)(sixteenths >> 8), 0x4B, 0x46, 0x7F, 0xFF, reserved, 0x10};
  memcpy(part->scratchpad, bytes, sizeof bytes);
  part->scratchpad[8] = oneWireCrc(bytes, sizeof bytes);
}

void coolPart(struct OneWirePart *part) {
  fill(part, 85 * 16, 0x0C);
  part->measuredAt = 0;
  part->state = AWAITS_RESET;
}

void resetPart(struct OneWirePart *part) {
  part->state = READS_ROM_COMMAND;
  part->bit = 0;
}

static void go(struct OneWirePart *part, enum PartState state) {
  part->state = state;
  part->bit = 0;
}

static void send(struct OneWirePart *part, const uint8_t *bytes, int length) {
  memcpy(part->sent, bytes, (size_t)length);
  part->sentBits = 8 * length;
  go(part, SENDS);
}

static void endConversion(struct OneWirePart *part, uint64_t nowUs) {
  if (part->measuredAt == 0 || nowUs < part->measuredAt) return;
  part->measuredAt = 0;
  if (part->fault != NEVER_MEASURES) fill(part, part->sixteenths, 0x10);
}

static void obeyRomCommand(struct OneWirePart *part, uint8_t command) {
  switch (command) {
    case READ_ROM:
      return send(part, part->rom, ROM_SIZE);
    case MATCH_ROM:
      return go(part, READS_ROM);
    case SEARCH_ROM:
      return go(part, SEARCHED);
    case SKIP_ROM:
      return go(part, READS_COMMAND);
    default:
      return go(part, AWAITS_RESET);
  }
}

static void obeyCommand(struct OneWirePart *part, uint8_t command, uint64_t nowUs) {
  endConversion(part, nowUs);
  if (command == CONVERT) {
    part->measuredAt = nowUs + CONVERSION_US;
    part->sentBits = 0;
    go(part, SENDS);
  } else if (command == READ_SCRATCHPAD) {
    send(part, part->scratchpad, SCRATCHPAD_SIZE);
    if (part->fault == WRONG_CHECKSUM) part->sent[SCRATCHPAD_SIZE - 1] ^= 1;
  } else {
    go(part, AWAITS_RESET);
  }
}

bool partPulls(const struct OneWirePart *part, uint64_t nowUs) {
  if (!part->present) return false;
  // A search asks for each bit, then for its opposite, then says with which parts it goes on.
  if (part->state == SEARCHED) return part->bit % 3 < 2 && bitOf(part->rom, part->bit / 3) == (part->bit % 3 == 1);
  if (part->state != SENDS) return false;
  if (part->sentBits == 0) return part->measuredAt > nowUs;
  return part->bit < part->sentBits && !bitOf(part->sent, part->bit);
}

// True when the slot ends a byte, which is in `shift` then.
static bool takeBit(struct OneWirePart *part, bool level) {
  part->shift = (uint8_t)(part->shift >> 1 | level << 7);
  return ++part->bit == 8;
}

void partSees(struct OneWirePart *part, bool level, uint64_t nowUs) {
  switch (part->state) {
    case READS_ROM_COMMAND:
      if (takeBit(part, level)) obeyRomCommand(part, part->shift);
      break;
    case READS_COMMAND:
      if (takeBit(part, level)) obeyCommand(part, part->shift, nowUs);
      break;
    case READS_ROM:
      if (level != bitOf(part->rom, part->bit)) go(part, AWAITS_RESET);
      else if (++part->bit == 8 * ROM_SIZE) go(part, READS_COMMAND);
      break;
    case SEARCHED:
      if (part->bit % 3 == 2 && level != bitOf(part->rom, part->bit / 3)) go(part, AWAITS_RESET);
      else if (++part->bit == 3 * 8 * ROM_SIZE) go(part, READS_COMMAND);
      break;
    case SENDS:
      if (part->bit < part->sentBits) part->bit++;
      break;
    case AWAITS_RESET:
      break;
  }
}
