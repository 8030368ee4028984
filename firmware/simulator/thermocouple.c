// MAX6675 and MAX31855 (Maxim's data sheets, "Serial interface"): a word, the highest bit first, on the Uno's SCK and MISO. Any number of
// them share the two, each with a pin of its own that selects it.
//
//   max6675 PIN CELSIUS | open | off
//   max31855 PIN CELSIUS | open | ground | supply | off

#include <math.h>

#include "kinds.h"

#define REFERENCE (25 * 16)  // the junction on the chip, in sixteenths of a degree

static const struct Pin MISO = {'B', 4};
static const struct Pin SCK = {'B', 5};

struct Thermocouple {
  struct Sensor sensor;
  bool present;
  uint32_t word;      // what it sends, from the highest bit on
  uint32_t shifting;  // what is left of it
  bool selected;
};

static bool isMax6675(const struct Thermocouple *chip) { return chip->sensor.kind == &MAX6675; }

static void putBit(const struct Thermocouple *chip) { drivePin(chip->sensor.avr, MISO, chip->shifting >> 31); }

static void onSelect(struct avr_irq_t *irq, uint32_t level, void *param) {
  (void)irq;
  struct Thermocouple *chip = param;
  const bool selected = chip->present && !level;
  if (selected) {
    chip->shifting = chip->word;
    putBit(chip);
  } else if (chip->selected) {
    releasePin(chip->sensor.avr, MISO);
  }
  chip->selected = selected;
}

static void onClock(struct avr_irq_t *irq, uint32_t level, void *param) {
  (void)irq;
  struct Thermocouple *chip = param;
  if (!chip->selected || level) return;
  chip->shifting <<= 1;
  putBit(chip);
}

static void connect(struct Sensor *sensor) {
  watchPin(sensor->avr, sensor->pin, onSelect, sensor);
  watchPin(sensor->avr, SCK, onClock, sensor);
}

static uint32_t max31855Word(double celsius, uint32_t faults) {
  const uint32_t quarters = (uint32_t)lround(celsius * 4) & 0x3FFF;
  return quarters << 18 | (uint32_t)(faults != 0) << 16 | REFERENCE << 4 | faults;
}

static bool setFault(struct Thermocouple *chip, char **words) {
  const bool open = isOnly(words, "open"), ground = isOnly(words, "ground"), supply = isOnly(words, "supply");
  if (isMax6675(chip)) chip->word = 0x0004u << 16;
  else chip->word = max31855Word(0, (uint32_t)(open | ground << 1 | supply << 2));
  return open || (!isMax6675(chip) && (ground || supply));
}

static const char *set(struct Sensor *sensor, char **words) {
  struct Thermocouple *chip = (struct Thermocouple *)sensor;
  chip->present = !isOnly(words, "off");
  if (!chip->present || setFault(chip, words)) return NULL;
  double celsius;
  if (!parseReal(words[0], isMax6675(chip) ? 0 : -270, isMax6675(chip) ? 1023.75 : 1800, &celsius) || words[1] != NULL) {
    return "not a temperature that it measures";
  }
  chip->word = isMax6675(chip) ? (uint32_t)lround(celsius * 4) << 19 : max31855Word(celsius, 0);
  return NULL;
}

const struct SensorKind MAX6675 = {"max6675", sizeof(struct Thermocouple), connect, set, NULL};
const struct SensorKind MAX31855 = {"max31855", sizeof(struct Thermocouple), connect, set, NULL};
