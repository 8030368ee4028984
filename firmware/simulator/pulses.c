// What a flow meter or an anemometer gives: pulses of equal length and pause. Without one the line is high.
//
//   pulses PIN HERTZ [COUNT] | off

#include "kinds.h"

struct Pulses {
  struct Sensor sensor;
  avr_cycle_count_t half;  // a half of a period; 0 for no pulses
  double left;             // pulses that have not begun
  bool level;
};

static avr_cycle_count_t turn(avr_t *avr, avr_cycle_count_t when, void *param) {
  struct Pulses *pulses = param;
  const bool falls = pulses->level;
  if (pulses->half == 0 || (falls && pulses->left < 1)) return 0;
  if (falls) pulses->left--;
  pulses->level = !falls;
  drivePin(avr, pulses->sensor.pin, pulses->level);
  return when + pulses->half;
}

static void begin(struct Pulses *pulses) {
  pulses->level = true;
  drivePin(pulses->sensor.avr, pulses->sensor.pin, 1);
  avr_cycle_timer_cancel(pulses->sensor.avr, turn, pulses);
  if (pulses->half > 0) avr_cycle_timer_register(pulses->sensor.avr, pulses->half, turn, pulses);
}

static void connect(struct Sensor *sensor) { begin((struct Pulses *)sensor); }

static const char *set(struct Sensor *sensor, char **words) {
  struct Pulses *pulses = (struct Pulses *)sensor;
  double hertz = 0, count = 1e18;
  const bool off = isOnly(words, "off");
  if (!off && !parseReal(words[0], 0.001, 100000, &hertz)) return "not a frequency";
  if (!off && words[1] != NULL && (!parseReal(words[1], 1, 1e9, &count) || words[2] != NULL)) return "not a count";
  pulses->half = off ? 0 : (avr_cycle_count_t)(sensor->avr->frequency / (2 * hertz));
  pulses->left = count;
  begin(pulses);
  return NULL;
}

static void restart(struct Sensor *sensor, bool cold) {
  (void)cold;
  begin((struct Pulses *)sensor);
}

const struct SensorKind PULSES = {"pulses", sizeof(struct Pulses), connect, set, restart};
