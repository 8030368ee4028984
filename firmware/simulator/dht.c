// DHT11 and DHT22 (AM2302), Aosong's data sheets: the board pulls the line low and releases it; 40 bits come back.
//
//   dht22 PIN CELSIUS PERCENT | checksum | off

#include <math.h>

#include "kinds.h"

#define BITS 40
#define BEGIN 3              // levels before the first bit: waiting, then low and high to say that bits follow
#define LEVELS (BEGIN + 2 * BITS + 1)

struct Dht {
  struct Sensor sensor;
  uint8_t frame[5];
  bool present;
  bool sending;
  int level;                     // of the answer, from 0 to LEVELS
  avr_cycle_count_t pulledFrom;  // when the line last fell
};

static bool isDht22(const struct Dht *dht) { return dht->sensor.kind == &DHT22; }

// How long the board has to pull, in microseconds.
static uint32_t leastPull(const struct Dht *dht) { return isDht22(dht) ? 800 : 18000; }

static bool bitOf(const struct Dht *dht, int index) { return dht->frame[index / 8] >> (7 - index % 8) & 1; }

// The length of a level of the answer, in microseconds. Even ones are high.
static uint32_t lengthOf(const struct Dht *dht, int level) {
  if (level == 0) return 30;
  if (level < BEGIN) return 80;
  if (level % 2 == 1) return 50;
  return bitOf(dht, (level - BEGIN) / 2) ? 70 : 26;
}

static avr_cycle_count_t nextLevel(avr_t *avr, avr_cycle_count_t when, void *param) {
  struct Dht *dht = param;
  dht->level++;
  dht->sending = dht->level < LEVELS;
  drivePin(avr, dht->sensor.pin, !dht->sending || dht->level % 2 == 0);
  return dht->sending ? when + lengthOf(dht, dht->level) * (avr->frequency / 1000000) : 0;
}

static void onChange(struct avr_irq_t *irq, uint32_t level, void *param) {
  (void)irq;
  struct Dht *dht = param;
  avr_t *avr = dht->sensor.avr;
  if (!dht->present || dht->sending) return;
  if (!level) {
    dht->pulledFrom = avr->cycle;
  } else if (avr->cycle - dht->pulledFrom >= leastPull(dht) * (avr->frequency / 1000000)) {
    dht->sending = true;
    dht->level = 0;
    avr_cycle_timer_register_usec(avr, lengthOf(dht, 0), nextLevel, dht);
  }
}

static void connect(struct Sensor *sensor) {
  watchPin(sensor->avr, sensor->pin, onChange, sensor);
  drivePin(sensor->avr, sensor->pin, 1);  // by the resistor
}

static void fill(struct Dht *dht, double celsius, double percent) {
  const unsigned humidity = (unsigned)lround(percent * 10), temperature = (unsigned)lround(fabs(celsius) * 10);
  const bool below = celsius < 0;
  uint8_t *frame = dht->frame;
  frame[0] = (uint8_t)(isDht22(dht) ? humidity >> 8 : humidity / 10);
  frame[1] = (uint8_t)(isDht22(dht) ? humidity : humidity % 10);
  frame[2] = (uint8_t)(isDht22(dht) ? temperature >> 8 | below << 7 : temperature / 10);
  frame[3] = (uint8_t)(isDht22(dht) ? temperature : temperature % 10 | below << 7);
  frame[4] = (uint8_t)(frame[0] + frame[1] + frame[2] + frame[3]);
}

static const char *set(struct Sensor *sensor, char **words) {
  struct Dht *dht = (struct Dht *)sensor;
  if (isOnly(words, "off") || isOnly(words, "checksum")) {
    dht->present = isOnly(words, "checksum");
    dht->frame[4]++;
    return NULL;
  }
  double celsius, percent;
  if (!parseReal(words[0], -40, 125, &celsius)) return "not a temperature";
  if (!parseReal(words[1], 0, 100, &percent) || words[2] != NULL) return "not a humidity";
  fill(dht, celsius, percent);
  dht->present = true;
  return NULL;
}

static void restart(struct Sensor *sensor, bool cold) {
  (void)cold;
  ((struct Dht *)sensor)->sending = false;
  drivePin(sensor->avr, sensor->pin, 1);
}

const struct SensorKind DHT11 = {"dht11", sizeof(struct Dht), connect, set, restart};
const struct SensorKind DHT22 = {"dht22", sizeof(struct Dht), connect, set, restart};
