// Any number of DS18B20 on a 1-Wire bus. After READ ROM a part takes no further command, as none of them needs it.
//
//   ds18b20 PIN ROM CELSIUS | checksum | unmeasured | off
//
// ROM are the 16 hexadecimal digits of its address in the order of the wire; the last two may be "xx" for the right CRC.

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kinds.h"
#include "one_wire_part.h"

#define MOST_PARTS 8
#define RESET_US 400      // a master pulls for 480 at least; parts take less
#define WAIT_US 30        // from a reset's end to the answer
#define PRESENCE_US 120
#define SAMPLE_US 30      // from a slot's beginning; a part that sends a 0 holds the line until then, too

struct Bus {
  struct Sensor sensor;
  struct OneWirePart parts[MOST_PARTS];
  int count;
  bool answers;                  // the parts say that they are there
  avr_cycle_count_t pulledFrom;  // when the line fell
};

static uint64_t microseconds(const avr_t *avr, avr_cycle_count_t cycles) { return cycles / (avr->frequency / 1000000); }

static bool anyPresent(const struct Bus *bus) {
  for (int index = 0; index < bus->count; index++) {
    if (bus->parts[index].present) return true;
  }
  return false;
}

static avr_cycle_count_t endPresence(avr_t *avr, avr_cycle_count_t when, void *param) {
  (void)when;
  struct Bus *bus = param;
  drivePin(avr, bus->sensor.pin, 1);
  bus->answers = false;
  return 0;
}

static avr_cycle_count_t beginPresence(avr_t *avr, avr_cycle_count_t when, void *param) {
  (void)when;
  struct Bus *bus = param;
  bus->answers = true;
  drivePin(avr, bus->sensor.pin, 0);
  avr_cycle_timer_register_usec(avr, PRESENCE_US, endPresence, bus);
  return 0;
}

static avr_cycle_count_t sample(avr_t *avr, avr_cycle_count_t when, void *param) {
  (void)when;
  struct Bus *bus = param;
  const bool level = pinLevel(avr, bus->sensor.pin);
  for (int index = 0; index < bus->count; index++) partSees(&bus->parts[index], level, microseconds(avr, avr->cycle));
  drivePin(avr, bus->sensor.pin, 1);
  return 0;
}

static void beginSlot(struct Bus *bus) {
  avr_t *avr = bus->sensor.avr;
  bus->pulledFrom = avr->cycle;
  bool pulled = false;
  for (int index = 0; index < bus->count; index++) pulled |= partPulls(&bus->parts[index], microseconds(avr, avr->cycle));
  if (pulled) drivePin(avr, bus->sensor.pin, 0);
  avr_cycle_timer_register_usec(avr, SAMPLE_US, sample, bus);
}

static void onChange(struct avr_irq_t *irq, uint32_t level, void *param) {
  (void)irq;
  struct Bus *bus = param;
  avr_t *avr = bus->sensor.avr;
  if (bus->answers) return;
  if (!level) return beginSlot(bus);
  if (microseconds(avr, avr->cycle - bus->pulledFrom) < RESET_US) return;
  for (int index = 0; index < bus->count; index++) resetPart(&bus->parts[index]);
  if (anyPresent(bus)) avr_cycle_timer_register_usec(avr, WAIT_US, beginPresence, bus);
}

static void connect(struct Sensor *sensor) {
  watchPin(sensor->avr, sensor->pin, onChange, sensor);
  drivePin(sensor->avr, sensor->pin, 1);  // by the resistor
}

static bool parseRom(const char *word, uint8_t *rom) {
  if (word == NULL || strlen(word) != 2 * ROM_SIZE) return false;
  for (int index = 0; index < ROM_SIZE - 1; index++) {
    unsigned byte;
    if (sscanf(word + 2 * index, "%2x", &byte) != 1) return false;
    rom[index] = (uint8_t)byte;
  }
  rom[ROM_SIZE - 1] = oneWireCrc(rom, ROM_SIZE - 1);
  unsigned crc;
  const char *last = word + 2 * (ROM_SIZE - 1);
  return strcmp(last, "xx") == 0 || (sscanf(last, "%2x", &crc) == 1 && crc == rom[ROM_SIZE - 1]);
}

// The part with this ROM, which is added when it is new; NULL when there is no room.
static struct OneWirePart *partOf(struct Bus *bus, const uint8_t *rom) {
  for (int index = 0; index < bus->count; index++) {
    if (memcmp(bus->parts[index].rom, rom, ROM_SIZE) == 0) return &bus->parts[index];
  }
  if (bus->count == MOST_PARTS) return NULL;
  struct OneWirePart *part = &bus->parts[bus->count++];
  memcpy(part->rom, rom, ROM_SIZE);
  coolPart(part);
  return part;
}

static const char *set(struct Sensor *sensor, char **words) {
  uint8_t rom[ROM_SIZE];
  if (!parseRom(words[0], rom)) return "not an address with its CRC";
  words++;
  double celsius = 0;
  const bool off = isOnly(words, "off"), checksum = isOnly(words, "checksum"), unmeasured = isOnly(words, "unmeasured");
  if (!off && !checksum && !unmeasured && (!parseReal(words[0], -55, 125, &celsius) || words[1] != NULL)) {
    return "not a temperature that it measures";
  }
  struct OneWirePart *part = partOf((struct Bus *)sensor, rom);
  if (part == NULL) return "no room for another on this pin";
  part->present = !off;
  part->fault = checksum ? WRONG_CHECKSUM : unmeasured ? NEVER_MEASURES : SOUND;
  part->sixteenths = (int16_t)lround(celsius * 16);
  if (unmeasured) coolPart(part);
  return NULL;
}

static void restart(struct Sensor *sensor, bool cold) {
  struct Bus *bus = (struct Bus *)sensor;
  bus->answers = false;
  bus->pulledFrom = sensor->avr->cycle;
  for (int index = 0; index < bus->count && cold; index++) coolPart(&bus->parts[index]);
  drivePin(sensor->avr, sensor->pin, 1);
}

const struct SensorKind DS18B20 = {"ds18b20", sizeof(struct Bus), connect, set, restart};
