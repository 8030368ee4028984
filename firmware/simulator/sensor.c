#include "sensor.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "kinds.h"

static const struct SensorKind *const KINDS[] = {&DHT11,    &DHT22,   &DS18B20, &MAX6675,
                                                 &MAX31855, &HC_SR04, &PULSES,  &BUTTON};

static const struct SensorKind *findKind(const char *name) {
  for (size_t index = 0; index < sizeof KINDS / sizeof *KINDS; index++) {
    if (strcmp(KINDS[index]->name, name) == 0) return KINDS[index];
  }
  return NULL;
}

static struct Sensor *findSensor(const struct Sensors *sensors, const struct SensorKind *kind, struct Pin pin) {
  for (int index = 0; index < sensors->count; index++) {
    struct Sensor *sensor = sensors->all[index];
    if (sensor->kind == kind && sensor->pin.port == pin.port && sensor->pin.bit == pin.bit) return sensor;
  }
  return NULL;
}

static struct Sensor *addSensor(struct Sensors *sensors, avr_t *avr, const struct SensorKind *kind, struct Pin pin) {
  struct Sensor *sensor = calloc(1, kind->size);
  if (sensor == NULL) err(1, "no memory");
  *sensor = (struct Sensor){kind, avr, pin};
  kind->connect(sensor);
  sensors->all[sensors->count++] = sensor;
  return sensor;
}

const char *setSensor(struct Sensors *sensors, avr_t *avr, const char *name, char **words) {
  const struct SensorKind *kind = findKind(name);
  if (kind == NULL) return "no such command";
  struct Pin pin;
  if (words[0] == NULL || !parsePin(words[0], &pin)) return "no such pin";
  struct Sensor *sensor = findSensor(sensors, kind, pin);
  if (sensor == NULL && sensors->count == MOST_SENSORS) return "no room for another sensor";
  if (sensor == NULL) sensor = addSensor(sensors, avr, kind, pin);
  return kind->set(sensor, words + 1);
}

void restartSensors(struct Sensors *sensors, bool cold) {
  for (int index = 0; index < sensors->count; index++) {
    struct Sensor *sensor = sensors->all[index];
    if (sensor->kind->restart != NULL) sensor->kind->restart(sensor, cold);
  }
}

bool parseReal(const char *word, double least, double most, double *value) {
  if (word == NULL) return false;
  char *end;
  *value = strtod(word, &end);
  return end != word && *end == '\0' && *value >= least && *value <= most;
}

bool isOnly(char **words, const char *word) {
  return words[0] != NULL && words[1] == NULL && strcmp(words[0], word) == 0;
}
