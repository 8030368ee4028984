// A button to ground; released, the pin is open, so the sketch needs a pull-up. It bounces: closes and opens some times more.
//
//   button PIN 1|0 [BOUNCES]

#include "kinds.h"

struct Button {
  struct Sensor sensor;
  bool pressed;  // in the end
  int changes;   // to come
};

// Each change of the contact comes 0.1 to 1.7 ms after the one before.
static uint32_t pauseUs(int change) { return 100 + 400 * (uint32_t)(change * 3 % 5); }

static avr_cycle_count_t change(avr_t *avr, avr_cycle_count_t when, void *param) {
  struct Button *button = param;
  const bool closed = (button->changes % 2 == 0) == button->pressed;
  if (closed) drivePin(avr, button->sensor.pin, 0);
  else releasePin(avr, button->sensor.pin);
  return button->changes-- > 0 ? when + pauseUs(button->changes) * (avr->frequency / 1000000) : 0;
}

static void connect(struct Sensor *sensor) { releasePin(sensor->avr, sensor->pin); }

static const char *set(struct Sensor *sensor, char **words) {
  struct Button *button = (struct Button *)sensor;
  double pressed, bounces = 0;
  if (!parseReal(words[0], 0, 1, &pressed)) return "it is pressed, 1, or not, 0";
  if (words[1] != NULL && (!parseReal(words[1], 0, 1000, &bounces) || words[2] != NULL)) return "not a number of bounces";
  button->pressed = pressed > 0;
  button->changes = 2 * (int)bounces;
  avr_cycle_timer_register_usec(sensor->avr, 1, change, button);
  return NULL;
}

static void restart(struct Sensor *sensor, bool cold) {
  (void)cold;
  struct Button *button = (struct Button *)sensor;
  button->changes = 0;
  change(sensor->avr, 0, button);
}

const struct SensorKind BUTTON = {"button", sizeof(struct Button), connect, set, restart};
