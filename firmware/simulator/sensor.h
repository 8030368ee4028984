// What is wired to the chip's pins.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <simavr/sim_avr.h>

#include "pin.h"

#define MOST_SENSORS 16

// The first member of each kind's own structure.
struct Sensor {
  const struct SensorKind *kind;
  avr_t *avr;
  struct Pin pin;  // the one that its command names first
};

struct SensorKind {
  const char *name;  // of the command
  size_t size;       // of its structure, which begins with zeros
  // Connects it to its pin; called once.
  void (*connect)(struct Sensor *sensor);
  // Obeys its command, whose words behind the pin end with NULL; returns what is wrong with them, or NULL.
  const char *(*set)(struct Sensor *sensor, char **words);
  // The chip was reset, which stops all timers; `cold` when the power was off. NULL when that is nothing to it.
  void (*restart)(struct Sensor *sensor, bool cold);
};

struct Sensors {
  struct Sensor *all[MOST_SENSORS];
  int count;
};

// Obeys a command that names a kind and a pin: the sensor is connected when there is none yet. Returns what is wrong, or NULL.
const char *setSensor(struct Sensors *sensors, avr_t *avr, const char *kind, char **words);

void restartSensors(struct Sensors *sensors, bool cold);

// Reads a number within bounds; false when it is none.
bool parseReal(const char *word, double least, double most, double *value);

// Whether the only word is this one.
bool isOnly(char **words, const char *word);
