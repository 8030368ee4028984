// HC-SR04: a pulse of 10 us at its trigger makes it send ultrasound; its echo pin is high for as long as that is under way.
//
//   hc-sr04 TRIGGER ECHO METRES | far | off

#include <math.h>

#include "kinds.h"

#define SPEED_OF_SOUND 343.2  // m/s, in air of 20 C
#define BURST_US 450          // until the eight periods of ultrasound are sent
#define GIVES_UP_US 38000     // how long it waits for an echo

struct HcSr04 {
  struct Sensor sensor;
  struct Pin echo;
  bool present;
  uint32_t echoUs;
  avr_cycle_count_t triggered;  // when the trigger rose
  bool busy;
};

static avr_cycle_count_t endEcho(avr_t *avr, avr_cycle_count_t when, void *param) {
  (void)when;
  struct HcSr04 *part = param;
  drivePin(avr, part->echo, 0);
  part->busy = false;
  return 0;
}

static avr_cycle_count_t beginEcho(avr_t *avr, avr_cycle_count_t when, void *param) {
  (void)when;
  struct HcSr04 *part = param;
  drivePin(avr, part->echo, 1);
  avr_cycle_timer_register_usec(avr, part->echoUs, endEcho, part);
  return 0;
}

static void onTrigger(struct avr_irq_t *irq, uint32_t level, void *param) {
  (void)irq;
  struct HcSr04 *part = param;
  avr_t *avr = part->sensor.avr;
  if (!part->present || part->busy) return;
  if (level) {
    part->triggered = avr->cycle;
  } else if (avr->cycle - part->triggered >= 10 * (avr->frequency / 1000000)) {
    part->busy = true;
    avr_cycle_timer_register_usec(avr, BURST_US, beginEcho, part);
  }
}

static void connect(struct Sensor *sensor) { watchPin(sensor->avr, sensor->pin, onTrigger, sensor); }

static const char *set(struct Sensor *sensor, char **words) {
  struct HcSr04 *part = (struct HcSr04 *)sensor;
  if (isOnly(words, "off")) {
    if (part->present) releasePin(sensor->avr, part->echo);
    part->present = false;
    return NULL;
  }
  if (words[0] == NULL || !parsePin(words[0], &part->echo)) return "no such pin";
  double metres = INFINITY;
  if (!isOnly(words + 1, "far") && (!parseReal(words[1], 0.02, 4, &metres) || words[2] != NULL)) {
    return "not a distance that it measures";
  }
  part->echoUs = isinf(metres) ? GIVES_UP_US : (uint32_t)lround(2 * metres / SPEED_OF_SOUND * 1000000);
  part->present = true;
  if (!part->busy) drivePin(sensor->avr, part->echo, 0);
  return NULL;
}

static void restart(struct Sensor *sensor, bool cold) {
  (void)cold;
  struct HcSr04 *part = (struct HcSr04 *)sensor;
  part->busy = false;
  if (part->present) drivePin(sensor->avr, part->echo, 0);
}

const struct SensorKind HC_SR04 = {"hc-sr04", sizeof(struct HcSr04), connect, set, restart};
